#pragma once
// What instances share on the machine, all under one lock: the choice of a subnet, kernel settings, mount points.

#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/result.hpp"
#include "onebox/plan/names.hpp"

namespace causeway::onebox {

// /run/lock/causeway-onebox.lock; waits for others, who hold it for moments only (kTimeout after 30 s).
base::Result<base::FileLock> lock_machine();

// Raises what the kernel has for the whole machine (IP forwarding, inotify instances and watches) for as long as any
// instance wants it; the last to leave puts back what was there. The note of that is in /run/causeway-onebox, so a
// reboot forgets it as the kernel does. With lock_machine() held.
base::Result<void> want_kernel_settings(const Names& names);
std::vector<std::string> leave_kernel_settings(const Names& names);

}  // namespace causeway::onebox
