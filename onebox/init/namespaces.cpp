#include "onebox/init/namespaces.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/log.hpp"
#include "onebox/init/supervisor.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/process_id.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

namespace {

base::Result<void> enter(const InitSpec& spec) {
  if (!spec.cgroup.empty())
    if (auto entered = enter_cgroup(spec.cgroup); !entered) return entered.error();
  if (!spec.netns.empty()) {
    base::FileDescriptor net(::open(spec.netns.c_str(), O_RDONLY | O_CLOEXEC));
    if (!net || ::setns(net.get(), CLONE_NEWNET) != 0) return base::errno_error(errno, "cannot enter " + spec.netns);
  }
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP) != 0)
    return base::errno_error(errno, "cannot make namespaces");
  return spec.cgroup.empty() ? base::Result<void>{} : leave_cgroup_root(spec.cgroup);
}

int process_one(const InitSpec& spec) {
  base::Result<void> done = furnish(spec);
  if (done) done = Supervisor(spec).run();
  if (!done) base::log::error("init failed", {{"name", spec.name}, {"error", done.error().message}});
  return done ? 0 : 1;
}

}  // namespace

int init_main(const std::string& spec_file) {
  auto spec = load_json<InitSpec>(spec_file);
  if (!spec) {
    base::log::error("cannot read what to run", {{"error", spec.error().message}});
    return 1;
  }
  if (::setsid() < 0) base::log::warn("init stays in its starter's session");
  if (auto entered = enter(*spec); !entered) {
    base::log::error("init failed", {{"name", spec->name}, {"error", entered.error().message}});
    return 1;
  }
  // Process 1 waits for a byte: nothing runs that is not on record. Our death closes the pipe instead.
  int gate[2];
  if (::pipe2(gate, O_CLOEXEC) != 0) return 1;
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(gate[1]);
    char go = 0;
    const bool on_record = ::read(gate[0], &go, 1) == 1;
    ::close(gate[0]);
    ::_exit(on_record ? process_one(*spec) : 1);
  }
  if (pid < 0) {
    base::log::error("cannot fork", {{"name", spec->name}});
    return 1;
  }
  auto record = identify(pid);
  auto saved = record ? save_json(spec->process_file, *record) : base::Result<void>(record.error());
  if (!saved) {
    base::log::error("cannot record init", {{"name", spec->name}, {"error", saved.error().message}});
    ::kill(pid, SIGKILL);
    return 1;
  }
  const char go = 'g';
  return ::write(gate[1], &go, 1) == 1 ? 0 : 1;
}

}  // namespace causeway::onebox
