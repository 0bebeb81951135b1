#include "base/process_child.hpp"

#include <algorithm>
#include <cerrno>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace causeway::base {
namespace {

[[noreturn]] void give_up(const ChildPlan& plan, ChildStage stage, int error) noexcept {
  const ChildFailure failure{stage, error};
  // Smaller than PIPE_BUF: written whole or not at all. Without it the parent sees an exit code of 127.
  [[maybe_unused]] const ssize_t n = ::write(plan.report, &failure, sizeof failure);
  ::_exit(127);
}

// The soft limit, and the hard one `more` above it, where they are not lower already. 0: nothing.
bool lower_limit(__rlimit_resource resource, std::uint64_t soft, std::uint64_t more) noexcept {
  if (soft == 0) return true;
  struct rlimit limit {};
  if (::getrlimit(resource, &limit) != 0) return false;
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, soft + more);
  limit.rlim_cur = std::min<rlim_t>({limit.rlim_cur, limit.rlim_max, soft});
  return ::setrlimit(resource, &limit) == 0;
}

}  // namespace

void become(const ChildPlan& plan) noexcept {
  if (plan.own_group && ::setpgid(0, 0) != 0) give_up(plan, ChildStage::kSetup, errno);
  if (plan.parent_death_signal != 0) {
    if (::prctl(PR_SET_PDEATHSIG, plan.parent_death_signal) != 0) give_up(plan, ChildStage::kSetup, errno);
    if (::getppid() != plan.parent) ::_exit(127);  // it died before the line above
  }
  for (int target = 0; target < 3; ++target) {
    if (plan.stdio[target] >= 0 && ::dup2(plan.stdio[target], target) < 0) give_up(plan, ChildStage::kSetup, errno);
  }
  // Descriptors that libraries opened without close-on-exec. Linux before 5.11 refuses: ours have the flag anyway.
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  constexpr std::uint64_t kAfterSigxcpu = 5;  // seconds
  if (!lower_limit(RLIMIT_DATA, plan.max_data_bytes, 0) ||
      !lower_limit(RLIMIT_CPU, plan.max_cpu_seconds, kAfterSigxcpu))
    give_up(plan, ChildStage::kSetup, errno);
  if (plan.cwd != nullptr && ::chdir(plan.cwd) != 0) give_up(plan, ChildStage::kDirectory, errno);

  // exec keeps ignored signals and the mask: the program must start with neither of ours.
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    if (number != SIGKILL && number != SIGSTOP) ::sigaction(number, &standard, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.program, plan.argv, plan.envp);
  give_up(plan, ChildStage::kExec, errno);
}

}  // namespace causeway::base
