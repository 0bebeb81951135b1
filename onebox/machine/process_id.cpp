#include "onebox/machine/process_id.hpp"

#include <csignal>
#include <poll.h>
#include <sstream>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.hpp"

namespace causeway::onebox {

std::optional<ProcessStat> parse_stat(std::string_view text) {
  auto close = text.rfind(')');
  if (close == std::string_view::npos) return {};
  std::istringstream fields{std::string(text.substr(close + 1))};
  ProcessStat stat;
  std::string skipped;
  fields >> stat.state;  // field 3
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.start_time;
  if (!fields) return {};
  return stat;
}

std::string boot_id() {
  auto text = base::read_file("/proc/sys/kernel/random/boot_id").value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

base::Result<ProcessRecord> identify(pid_t pid) {
  auto text = base::read_file("/proc/" + std::to_string(pid) + "/stat");
  auto stat = text ? parse_stat(*text) : std::nullopt;
  if (!stat || stat->state == 'Z' || stat->state == 'X')
    return base::Error{base::ErrorCode::kNotFound, "no process " + std::to_string(pid)};
  return ProcessRecord{.pid = pid, .start_time = stat->start_time, .boot = boot_id()};
}

base::Result<base::FileDescriptor> open_process(const ProcessRecord& record) {
  if (record.pid <= 0) return base::Error{base::ErrorCode::kNotFound, "no process recorded"};
  // The descriptor first: the number cannot change hands while the record is compared.
  base::FileDescriptor fd(static_cast<int>(::syscall(SYS_pidfd_open, record.pid, 0)));
  auto found = identify(record.pid);
  if (!fd || !found || *found != record)
    return base::Error{base::ErrorCode::kNotFound, "process " + std::to_string(record.pid) + " is gone"};
  return fd;
}

bool wait_gone(const base::FileDescriptor& process, base::Duration timeout, std::stop_token stop) {
  base::StopDescriptor stopped(stop);
  pollfd fds[2] = {{.fd = process.get(), .events = POLLIN, .revents = 0},
                   {.fd = stopped.fd(), .events = POLLIN, .revents = 0}};
  const auto deadline = base::saturating_add(base::system_clock().steady(), timeout);
  while (true) {
    int n = ::poll(fds, 2, base::poll_timeout(deadline));
    if (n > 0) return (fds[0].revents & POLLIN) != 0;
    if (n == 0 && base::system_clock().steady() >= deadline) return false;
  }
}

void signal_process(const base::FileDescriptor& process, int signal) {
  ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
}

base::Result<void> end_process(const base::FileDescriptor& process, base::Duration grace) {
  if (grace > base::Duration::zero()) {
    signal_process(process, SIGTERM);
    if (wait_gone(process, grace)) return {};
  }
  signal_process(process, SIGKILL);
  if (wait_gone(process, std::chrono::seconds(20))) return {};
  return base::Error{base::ErrorCode::kTimeout, "a process does not end 20 s after SIGKILL (waiting for its disk?)"};
}

}  // namespace causeway::onebox
