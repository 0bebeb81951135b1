#pragma once
// Processes that outlive whoever started them: recognised by number, start time and boot, never by number alone.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/file_descriptor.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

struct ProcessStat {
  char state = '?';
  std::int64_t start_time = 0;
};
// The text of /proc/PID/stat, whose second field may hold anything, spaces and parentheses included.
std::optional<ProcessStat> parse_stat(std::string_view text);

base::Result<ProcessRecord> identify(pid_t pid);  // kNotFound: no such process
std::string boot_id();

// A descriptor of the recorded process, kNotFound when it is gone (zombies are gone, too).
base::Result<base::FileDescriptor> open_process(const ProcessRecord& record);
// Readable once the process has ended.
bool wait_gone(const base::FileDescriptor& process, base::Duration timeout, std::stop_token stop = {});
void signal_process(const base::FileDescriptor& process, int signal);
// SIGTERM, `grace`, SIGKILL; ok when it is gone.
base::Result<void> end_process(const base::FileDescriptor& process, base::Duration grace);

}  // namespace causeway::onebox
