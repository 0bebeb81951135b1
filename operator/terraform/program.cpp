#include "operator/terraform/program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace causeway::op::terraform {
namespace {

constexpr std::size_t kMaxLine = 64u << 20;  // an emergency dump of the state is one line
constexpr std::size_t kMaxOut = 64u << 20;
constexpr std::size_t kKeptErr = 16u << 10;

// Woken by a stop token.
class StopEvent {
 public:
  explicit StopEvent(std::stop_token stop)
      : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(std::move(stop), Wake{fd_}) {}
  ~StopEvent() { close(fd_); }
  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;
  int fd() const { return fd_; }

 private:
  struct Wake {
    int fd;
    void operator()() const { eventfd_write(fd, 1); }
  };
  int fd_;
  std::stop_callback<Wake> callback_;
};

// Splits what arrives into lines, or collects it.
class Output {
 public:
  explicit Output(const Invocation& invocation) : invocation_(invocation) {}
  void take(std::string_view bytes) {
    if (!invocation_.on_line) {
      all_.append(bytes.substr(0, kMaxOut - std::min(kMaxOut, all_.size())));
      return;
    }
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      const auto piece = bytes.substr(0, end);
      if (rest_.size() + piece.size() <= kMaxLine) rest_.append(piece);
      if (end == bytes.npos) return;
      invocation_.on_line(rest_);
      rest_.clear();
      bytes.remove_prefix(end + 1);
    }
  }
  void finish() {
    if (invocation_.on_line && !rest_.empty()) invocation_.on_line(rest_);
    rest_.clear();
  }
  std::string all() && { return std::move(all_); }

 private:
  const Invocation& invocation_;
  std::string rest_, all_;
};

class Supervision {
 public:
  Supervision(const Invocation& invocation, base::Process process)
      : invocation_(invocation), process_(std::move(process)), stop_(invocation.stop), output_(invocation) {
    for (int fd : {process_.out(), process_.err(), process_.in()}) {
      if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    deadline_ = clock().steady() + invocation.deadline;
  }

  base::Result<Completion> run() {
    while (out_open_ || err_open_) {
      judge_time();
      wait_for_output();
      // A descendant that outlives terraform may keep the pipes open: what counts is terraform.
      if (!exited_ && ended(std::chrono::nanoseconds(0))) exited_ = clock().steady();
      if (exited_ && clock().steady() - *exited_ > std::chrono::seconds(2)) break;
    }
    while (!ended(std::chrono::milliseconds(200))) judge_time();
    output_.finish();
    completion_.out = std::move(output_).all();
    return std::move(completion_);
  }

 private:
  static const base::Clock& clock() { return base::system_clock(); }

  bool ended(base::Duration patience) {
    if (status_known_) return true;
    auto status = process_.wait(patience);
    if (!status) return false;
    completion_.status = *status;
    status_known_ = true;
    return true;
  }

  void judge_time() {
    if (status_known_) return;
    const auto now = clock().steady();
    if (!interrupted_at_) {
      completion_.interrupted = invocation_.stop.stop_requested();
      completion_.timed_out = !completion_.interrupted && now >= deadline_;
      if (!completion_.interrupted && !completion_.timed_out) return;
      interrupted_at_ = now;
      process_.signal(SIGINT);
    } else if (!completion_.killed && now - *interrupted_at_ >= invocation_.grace) {
      completion_.killed = true;
      process_.signal_group(SIGKILL);
    }
  }

  int patience_ms() const {
    auto until = interrupted_at_ ? *interrupted_at_ + invocation_.grace : deadline_;
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock().steady()).count();
    // The end of the process is no event of these descriptors if a descendant holds the pipes.
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000));
  }

  void wait_for_output() {
    std::array<pollfd, 4> fds{
        pollfd{out_open_ ? process_.out() : -1, POLLIN, 0}, pollfd{err_open_ ? process_.err() : -1, POLLIN, 0},
        pollfd{interrupted_at_ ? -1 : stop_.fd(), POLLIN, 0}, pollfd{sending() ? process_.in() : -1, POLLOUT, 0}};
    if (poll(fds.data(), fds.size(), patience_ms()) <= 0) return;
    if (fds[0].revents) out_open_ = read_from(process_.out(), [&](std::string_view bytes) { output_.take(bytes); });
    if (fds[1].revents) err_open_ = read_from(process_.err(), [&](std::string_view bytes) { keep_err(bytes); });
    if (fds[3].revents) send();
  }

  template <class Take>
  bool read_from(int fd, Take take) {
    std::array<char, 65536> buffer;
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n > 0) take(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
  }

  void keep_err(std::string_view bytes) {
    completion_.err.append(bytes);
    if (completion_.err.size() <= kKeptErr) return;
    // Whole lines: half a secret would not be found when it is looked for.
    const auto line = completion_.err.find('\n', completion_.err.size() - kKeptErr);
    completion_.err.erase(0, line == std::string::npos ? std::string::npos : line + 1);
  }

  bool sending() const { return process_.in() >= 0 && sent_ < invocation_.input.size(); }

  void send() {
    const ssize_t n = write(process_.in(), invocation_.input.data() + sent_, invocation_.input.size() - sent_);
    if (n > 0) sent_ += static_cast<std::size_t>(n);
    const bool refused = n < 0 && errno != EAGAIN && errno != EINTR;
    if (refused) sent_ = invocation_.input.size();
    if (!sending()) process_.close_in();
  }

  const Invocation& invocation_;
  base::Process process_;
  StopEvent stop_;
  Output output_;
  Completion completion_;
  base::SteadyTime deadline_;
  std::optional<base::SteadyTime> interrupted_at_, exited_;
  std::size_t sent_ = 0;
  bool out_open_ = true, err_open_ = true, status_known_ = false;
};

}  // namespace

base::Result<Completion> invoke(const Invocation& invocation) {
  using Stream = base::ProcessSpec::Stream;
  base::ProcessSpec spec;
  spec.argv.push_back(invocation.program);
  spec.argv.insert(spec.argv.end(), invocation.arguments.begin(), invocation.arguments.end());
  spec.env = invocation.environment;
  spec.cwd = invocation.folder;
  spec.in = invocation.input.empty() ? Stream::kNull : Stream::kPipe;
  spec.out = spec.err = Stream::kPipe;
  spec.own_group = true;
  // Should we be killed without taking the whole container along, terraform still ends in good order.
  spec.parent_death_signal = SIGINT;
  auto process = base::Process::spawn(spec);
  if (!process) return process.error();
  return Supervision(invocation, std::move(*process)).run();
}

}  // namespace causeway::op::terraform
