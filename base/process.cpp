#include "base/process.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/process_child.hpp"

namespace causeway::base {
namespace {

bool executable_file(const std::string& path) {
  std::error_code ignored;
  return ::access(path.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(path, ignored);
}

// Parent's and child's descriptor of one standard stream.
struct Plumbing {
  FileDescriptor ours, childs;
};

// Away from 0, 1 and 2, which the child replaces.
FileDescriptor above_standard(FileDescriptor fd) {
  if (!fd || fd.get() > STDERR_FILENO) return fd;
  return FileDescriptor(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

Result<Plumbing> plumb(ProcessSpec::Stream stream, bool input, const std::string& file) {
  Plumbing plumbing;
  switch (stream) {
    case ProcessSpec::Stream::kInherit:
      return plumbing;
    case ProcessSpec::Stream::kNull:
      plumbing.childs = above_standard(FileDescriptor(::open("/dev/null", O_RDWR | O_CLOEXEC)));
      if (!plumbing.childs) return errno_error(errno, "cannot open /dev/null");
      return plumbing;
    case ProcessSpec::Stream::kPipe: {
      int ends[2];
      if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error(errno, "cannot make a pipe");
      FileDescriptor reading = above_standard(FileDescriptor(ends[0]));
      FileDescriptor writing = above_standard(FileDescriptor(ends[1]));
      plumbing.ours = input ? std::move(writing) : std::move(reading);
      plumbing.childs = input ? std::move(reading) : std::move(writing);
      if (!plumbing.ours || !plumbing.childs) return errno_error(EMFILE, "cannot make a pipe");
      return plumbing;
    }
    case ProcessSpec::Stream::kFile: {
      if (input) return Error{ErrorCode::kInvalidArgument, "standard input cannot be a file to append to"};
      plumbing.childs =
          above_standard(FileDescriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)));
      if (!plumbing.childs) return errno_error(errno, "cannot open " + file);
      return plumbing;
    }
  }
  return Error{ErrorCode::kInternal, "unknown kind of stream"};
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Error child_failure(const ChildFailure& failure, const ProcessSpec& spec, const std::string& program) {
  switch (failure.stage) {
    case ChildStage::kDirectory:
      return Error{ErrorCode::kInvalidArgument, "cannot start " + spec.argv[0] +
                                                    ": cannot enter its working directory " + spec.cwd + ": " +
                                                    std::strerror(failure.error)};
    case ChildStage::kExec:
      if (failure.error == ENOENT) {
        return Error{
            ErrorCode::kNotFound,
            "cannot start " + program + ": no such program (or the interpreter its first line names is missing)"};
      }
      return errno_error(failure.error, "cannot start " + program);
    case ChildStage::kSetup:
      break;
  }
  return errno_error(failure.error, "cannot prepare the process for " + program);
}

// vfork: to copy the page tables of a process with much memory takes milliseconds, during which all of its threads
// wait. The child works in this thread's memory until it has become the program; this thread goes on then. In a
// function of its own, as nothing of the caller's frame may be written meanwhile.
[[gnu::noinline]] pid_t start(const ChildPlan& plan) {
  const pid_t pid = ::vfork();
  if (pid == 0) become(plan);
  return pid;
}

std::string signal_name(int number) {
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(number);
}

}  // namespace

std::string ExitStatus::describe() const {
  return signal != 0 ? "killed by " + signal_name(signal) : "exit code " + std::to_string(code);
}

std::optional<std::string> find_program(std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string_view::npos) {
    std::string path(name);
    return executable_file(path) ? std::optional(std::move(path)) : std::nullopt;
  }
  const char* variable = std::getenv("PATH");
  std::string_view path = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
  for (;;) {
    const std::size_t end = path.find(':');
    const std::string_view folder = path.substr(0, end);
    // Absolute: the child may start in another folder. An empty entry means the current one.
    std::error_code ignored;
    const auto candidate =
        std::filesystem::absolute(std::filesystem::path(folder.empty() ? "." : folder) / name, ignored);
    if (executable_file(candidate.string())) return candidate.string();
    if (end == std::string_view::npos) return std::nullopt;
    path.remove_prefix(end + 1);
  }
}

Result<Process> Process::spawn(const ProcessSpec& spec) {
  if (spec.argv.empty() || spec.argv[0].empty()) {
    return Error{ErrorCode::kInvalidArgument, "a process needs a program: argv is empty"};
  }
  std::string program = spec.argv[0];
  if (program.find('/') == std::string::npos) {
    const auto found = find_program(program);
    if (!found) return Error{ErrorCode::kNotFound, "no program \"" + program + "\" on the PATH"};
    program = *found;
  }

  auto in = plumb(spec.in, true, "");
  if (!in) return in.error();
  auto out = plumb(spec.out, false, spec.out_file);
  if (!out) return out.error();
  auto err = plumb(spec.err, false, spec.err_file);
  if (!err) return err.error();
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) return errno_error(errno, "cannot make a pipe");
  const FileDescriptor report_reading = above_standard(FileDescriptor(report[0]));
  FileDescriptor report_writing = above_standard(FileDescriptor(report[1]));
  if (!report_reading || !report_writing) return errno_error(EMFILE, "cannot make a pipe");

  // Everything that allocates happens before: the child of a program with threads may not.
  std::vector<std::string> arguments = spec.argv;
  std::vector<std::string> variables;
  if (spec.env) {
    for (const auto& [key, value] : *spec.env) variables.push_back(key + "=" + value);
  }
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(variables);
  ChildPlan plan;
  plan.program = program.c_str();
  plan.argv = argv.data();
  plan.envp = spec.env ? envp.data() : environ;
  plan.cwd = spec.cwd.empty() ? nullptr : spec.cwd.c_str();
  plan.stdio[0] = in->childs.get();
  plan.stdio[1] = out->childs.get();
  plan.stdio[2] = err->childs.get();
  plan.report = report_writing.get();
  plan.own_group = spec.own_group;
  plan.parent_death_signal = spec.parent_death_signal;
  plan.parent = ::getpid();
  plan.max_data_bytes = spec.max_data_bytes;
  plan.max_cpu_seconds = spec.max_cpu_seconds;

  // No handler of ours may run in the child before it resets them.
  sigset_t all, previous;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &previous);
  const pid_t pid = start(plan);
  const int start_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  if (pid < 0) return errno_error(start_error, "cannot start " + program);

  // From here the destructor kills and reaps.
  Process process;
  process.pid_ = pid;
  process.own_group_ = spec.own_group;
  report_writing.reset();
  ChildFailure failure;
  ssize_t n;
  do {
    n = ::read(report_reading.get(), &failure, sizeof failure);
  } while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(sizeof failure)) return child_failure(failure, spec, program);

  process.pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (process.pidfd_ < 0) return errno_error(errno, "cannot watch the process of " + program);
  process.in_ = in->ours.release();
  process.out_ = out->ours.release();
  process.err_ = err->ours.release();
  return process;
}

Process::Process(Process&& other) noexcept {
  *this = std::move(other);
}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  if (pid_ > 0) {
    Process ended;  // kills and reaps the child held until now
    ended = std::move(*this);
  }
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(in_, other.in_);
  std::swap(out_, other.out_);
  std::swap(err_, other.err_);
  std::swap(own_group_, other.own_group_);
  std::swap(status_, other.status_);
  return *this;
}

Process::~Process() {
  if (pid_ > 0) {
    // wait() leaves the child unreaped, so neither its pid nor its group can have been given to somebody else.
    ::kill(own_group_ ? -pid_ : pid_, SIGKILL);
    ::kill(pid_, SIGKILL);  // the group exists only once the child has made it
    siginfo_t info;
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
    }
  }
  for (const int fd : {pidfd_, in_, out_, err_}) {
    if (fd >= 0) ::close(fd);
  }
}

void Process::close_in() {
  if (in_ >= 0) ::close(std::exchange(in_, -1));
}

bool Process::signal(int number) const {
  return pidfd_ >= 0 && ::syscall(SYS_pidfd_send_signal, pidfd_, number, nullptr, 0) == 0;
}

bool Process::signal_group(int number) const {
  if (!own_group_) return signal(number);
  return pid_ > 0 && ::kill(-pid_, number) == 0;
}

Result<ExitStatus> Process::wait(std::optional<Duration> timeout, std::stop_token stop) {
  if (status_) return *status_;
  if (pid_ <= 0) return Error{ErrorCode::kInvalidArgument, "there is no child to wait for"};
  std::optional<SteadyTime> deadline;
  if (timeout) deadline = saturating_add(std::chrono::steady_clock::now(), *timeout);
  const StopDescriptor stopped(stop);
  pollfd polled[2] = {{pidfd_, POLLIN, 0}, {stopped.fd(), POLLIN, 0}};
  for (;;) {
    const int ready = ::poll(polled, 2, poll_timeout(deadline));
    if (ready < 0 && errno != EINTR) return errno_error(errno, "cannot wait for process " + std::to_string(pid_));
    if (ready > 0 && polled[0].revents != 0) break;
    if (ready > 0 && polled[1].revents != 0) {
      return Error{ErrorCode::kCancelled, "stopped waiting for process " + std::to_string(pid_)};
    }
    if (ready == 0 && deadline && std::chrono::steady_clock::now() >= *deadline) {
      return Error{ErrorCode::kTimeout, "process " + std::to_string(pid_) + " still runs"};
    }
  }
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0) {
    if (errno != EINTR) return errno_error(errno, "cannot wait for process " + std::to_string(pid_));
  }
  ExitStatus status;
  if (info.si_code == CLD_EXITED) {
    status.code = info.si_status;
  } else {
    status.signal = info.si_status;
  }
  status_ = status;
  return status;
}

pid_t Process::release() {
  for (int* fd : {&pidfd_, &in_, &out_, &err_}) {
    if (*fd >= 0) ::close(std::exchange(*fd, -1));
  }
  return std::exchange(pid_, -1);
}

}  // namespace causeway::base
