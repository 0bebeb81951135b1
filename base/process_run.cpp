#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/process.hpp"

namespace causeway::base {
namespace {

constexpr Duration kTermGrace = std::chrono::seconds(2);
constexpr std::size_t kLongestLine = 1u << 20;  // longer ones reach the callback in pieces

void set_nonblocking(int fd) {
  if (fd >= 0) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// write(2) that never ends the program with SIGPIPE, whatever the program's disposition is.
ssize_t write_without_sigpipe(int fd, const char* data, std::size_t size) {
  sigset_t pipe_only, pending_before, previous;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  ::sigpending(&pending_before);
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &previous);
  const ssize_t n = ::write(fd, data, size);
  const int error = errno;
  if (n < 0 && error == EPIPE && !sigismember(&pending_before, SIGPIPE)) {
    const timespec now{};
    ::sigtimedwait(&pipe_only, nullptr, &now);
  }
  ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  errno = error;
  return n;
}

// One output of the child: kept up to a limit, and cut into lines for a callback.
class Collector {
 public:
  Collector(int fd, std::size_t limit, const std::function<void(std::string_view)>& on_line)
      : fd_(fd), limit_(limit), on_line_(on_line) {
    set_nonblocking(fd_);
  }

  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }

  // Reads what is there. At the end, or on an error, open() turns false; the descriptor is the Process's.
  void read() {
    std::array<char, 65536> piece;
    for (;;) {
      const ssize_t n = ::read(fd_, piece.data(), piece.size());
      if (n > 0) {
        take(std::string_view(piece.data(), static_cast<std::size_t>(n)));
      } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        fd_ = -1;
        return;
      } else if (errno == EAGAIN) {
        return;
      }
    }
  }

  std::string finish() {
    if (on_line_ && !line_.empty()) on_line_(line_);
    line_.clear();
    return std::move(kept_);
  }

 private:
  void take(std::string_view piece) {
    kept_ += piece.substr(0, limit_ - std::min(limit_, kept_.size()));
    if (!on_line_) return;
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      line_ += piece.substr(0, end);
      if (end == std::string_view::npos && line_.size() < kLongestLine) return;
      on_line_(line_);
      line_.clear();
      if (end == std::string_view::npos) return;
      piece.remove_prefix(end + 1);
    }
  }

  int fd_;
  std::size_t limit_;
  const std::function<void(std::string_view)>& on_line_;
  std::string kept_, line_;
};

// Writes what the pipe takes; closes it when all is written or nobody reads.
void feed(Process& process, std::string_view& input) {
  while (!input.empty()) {
    const ssize_t n = write_without_sigpipe(process.in(), input.data(), input.size());
    if (n >= 0) {
      input.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      break;
    }
  }
  input = {};
  process.close_in();
}

std::string tail(std::string_view text, std::size_t lines) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::size_t start = text.size();
  for (std::size_t i = 0; i < lines && start != std::string_view::npos && start != 0; ++i) {
    start = text.rfind('\n', start - 1);
  }
  std::string_view last = start == std::string_view::npos || start == 0 ? text : text.substr(start + 1);
  constexpr std::size_t kMost = 4096;
  if (last.size() > kMost) last.remove_prefix(last.size() - kMost);
  return std::string(last);
}

std::string seconds(Duration d) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

}  // namespace

Result<RunOutput> run(ProcessSpec spec, const RunOptions& options) {
  const auto collected = [](ProcessSpec::Stream& stream) {
    if (stream == ProcessSpec::Stream::kInherit) stream = ProcessSpec::Stream::kPipe;
  };
  collected(spec.out);
  collected(spec.err);
  if (!options.input.empty()) spec.in = ProcessSpec::Stream::kPipe;
  auto spawned = Process::spawn(spec);
  if (!spawned) return spawned.error();
  Process process = std::move(*spawned);

  const StopDescriptor stopped(options.stop);
  Collector out(process.out(), options.max_output, options.on_out_line);
  Collector err(process.err(), options.max_output, options.on_err_line);
  set_nonblocking(process.in());
  std::string_view input = options.input;
  if (process.in() >= 0 && input.empty()) process.close_in();

  std::optional<SteadyTime> deadline = saturating_add(std::chrono::steady_clock::now(), options.timeout);
  std::optional<Error> ended_early;
  bool killed = false, watch_stop = true;
  for (;;) {
    std::array<pollfd, 5> polled{{{process.pidfd(), POLLIN, 0},
                                  {watch_stop ? stopped.fd() : -1, POLLIN, 0},
                                  {out.fd(), POLLIN, 0},
                                  {err.fd(), POLLIN, 0},
                                  {process.in(), POLLOUT, 0}}};
    const int ready = ::poll(polled.data(), polled.size(), poll_timeout(deadline));
    if (ready < 0) {
      if (errno == EINTR) continue;
      return errno_error(errno, "cannot wait for " + spec.argv[0]);
    }
    if (polled[2].revents != 0) out.read();
    if (polled[3].revents != 0) err.read();
    if (polled[4].revents != 0) feed(process, input);
    if (polled[0].revents != 0) {
      // What the child wrote is in the pipes already. A descendant that still holds them is not waited for.
      if (out.open()) out.read();
      if (err.open()) err.read();
      break;
    }
    const bool late = deadline && std::chrono::steady_clock::now() >= *deadline;
    if (polled[1].revents != 0 || late) {
      if (ended_early) {  // SIGTERM had its two seconds
        process.signal_group(SIGKILL);
        killed = true;
        deadline.reset();
        continue;
      }
      watch_stop = false;
      ended_early = late ? Error{ErrorCode::kTimeout, spec.argv[0] + " did not end within " + seconds(options.timeout)}
                         : Error{ErrorCode::kCancelled, spec.argv[0] + " was stopped"};
      process.signal_group(SIGTERM);
      deadline = saturating_add(std::chrono::steady_clock::now(), kTermGrace);
    }
  }
  auto status = process.wait();
  if (!status) return status.error();
  RunOutput output{*status, out.finish(), err.finish()};
  if (ended_early) {
    ended_early->message += killed ? " and was killed: SIGTERM did not end it" : " (ended by SIGTERM)";
    if (const std::string last = tail(output.err, 5); !last.empty()) ended_early->message += "; it last wrote: " + last;
    return *ended_early;
  }
  return output;
}

Result<RunOutput> run_checked(ProcessSpec spec, const RunOptions& options) {
  const std::string name = spec.argv.empty() ? std::string() : spec.argv[0];
  auto output = run(std::move(spec), options);
  if (!output || output->status.success()) return output;
  std::string message = name + " failed (" + output->status.describe() + ")";
  std::string last = tail(output->err, 10);
  if (last.empty()) last = tail(output->out, 10);
  if (!last.empty()) message += ": " + last;
  return Error{ErrorCode::kInternal, std::move(message)};
}

}  // namespace causeway::base
