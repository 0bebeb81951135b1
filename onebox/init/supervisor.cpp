#include "onebox/init/supervisor.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <set>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/log.hpp"
#include "onebox/init/control.hpp"
#include "onebox/init/probe.hpp"
#include "onebox/machine/process_id.hpp"

namespace causeway::onebox {

namespace {

constexpr auto kLogCheck = std::chrono::seconds(10);
constexpr auto kProbeInterval = std::chrono::milliseconds(100);
constexpr auto kDrainPoll = std::chrono::milliseconds(100);

base::SteadyTime now() {
  return base::system_clock().steady();
}
base::WallTime wall() {
  return base::system_clock().wall();
}

base::ExitStatus exit_status(int status) {
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

// ": " and the last line of a log, where programs say why they end.
std::string last_words(const std::string& file) {
  constexpr std::size_t kMost = 400;
  std::ifstream in(file, std::ios::ate);
  const auto size = static_cast<std::int64_t>(in.tellg());
  if (!in || size <= 0) return "";
  in.seekg(std::max<std::int64_t>(0, size - 4096));
  std::string last;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) last = std::move(line);
  return last.empty() ? "" : ": " + last.substr(0, kMost);
}

// Everything in our PID namespace that is neither init, nor a component, nor what keeps containers (their shims).
std::vector<pid_t> container_processes(const Supervision& supervision) {
  std::vector<pid_t> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    const bool component = std::ranges::any_of(supervision.components(), [&](const auto& c) { return c.pid == pid; });
    if (pid <= 1 || component) continue;
    auto stat = base::read_file(entry.path() / "stat");
    if (!stat || stat->find("(containerd-shim") != std::string::npos) continue;
    if (auto parsed = parse_stat(*stat); parsed && parsed->state != 'Z') found.push_back(pid);
  }
  return found;
}

}  // namespace

void rotate_log(const std::string& file, std::int64_t limit) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0 || info.st_size <= limit) return;
  std::error_code error;
  std::filesystem::copy_file(file, file + ".1", std::filesystem::copy_options::overwrite_existing, error);
  // Also when there was no room for the copy: emptying is what helps then.
  if (::truncate(file.c_str(), 0) != 0) base::log::warn("cannot empty a log", {{"file", file}});
}

Supervisor::Supervisor(InitSpec spec) : spec_(std::move(spec)), supervision_(spec_.components) {}

Supervisor::~Supervisor() = default;

void Supervisor::wake() const {
  const std::uint64_t one = 1;
  if (::write(event_.get(), &one, sizeof one) < 0) base::log::warn("cannot wake init's loop");
}

void Supervisor::start(const std::string& name) {
  const ComponentSpec* spec = nullptr;
  for (const auto& c : spec_.components)
    if (c.name == name) spec = &c;
  base::ProcessSpec process;
  process.argv = spec->argv;
  process.env = spec->env;
  process.env->insert({"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"});
  process.env->insert({"HOME", "/root"});
  process.out = process.err = base::ProcessSpec::Stream::kFile;
  process.out_file = process.err_file = spec_.log_dir + "/" + name + ".log";
  process.parent_death_signal = SIGKILL;
  auto child = base::Process::spawn(process);
  if (!child) {
    base::log::error("component did not start", {{"component", name}, {"error", child.error().message}});
    supervision_.start_failed(name, child.error().message, now(), wall());
    return;
  }
  started_at_[name] = wall();
  supervision_.started(name, child->pid(), now());
  (void)child->release();  // reaped below, with everything else
}

void Supervisor::act(const std::vector<Supervision::Action>& actions) {
  for (const auto& action : actions) {
    if (action.kind == Supervision::Action::Kind::kStart) {
      start(action.name);
    } else if (action.kind == Supervision::Action::Kind::kDrain) {
      for (pid_t pid : container_processes(supervision_)) ::kill(pid, SIGTERM);
    } else {
      // Not the group: containerd's belongs to its containers' shims as well.
      ::kill(action.pid, action.signal);
    }
  }
}

void Supervisor::look_after_drain() {
  if (supervision_.draining() && container_processes(supervision_).empty()) supervision_.drained(now());
}

void Supervisor::reap() {
  int status = 0;
  for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    std::string name;
    for (const auto& c : supervision_.components())
      if (c.pid == pid) name = c.spec.name;
    if (name.empty()) continue;  // an orphan
    const auto exit = exit_status(status);
    std::string how = exit.describe();
    if (exit.signal == 0 && exit.code != 0) how += last_words(spec_.log_dir + "/" + name + ".log");
    supervision_.exited(pid, how, now(), wall());
    base::log::write(supervision_.shutting_down() ? base::log::Level::kInfo : base::log::Level::kWarn,
                     "component ended", {{"component", name}, {"how", how}});
  }
}

kube::json::object Supervisor::status() const {
  std::lock_guard lock(mutex_);
  kube::json::array components;
  for (const auto& c : supervision_.components()) {
    kube::json::object out{{"name", c.spec.name},
                           {"state", kube::to_json(c.state)},
                           {"pid", c.pid},
                           {"ready", c.state == ComponentState::Running},
                           {"restarts", c.restarts}};
    if (!c.last_end.empty()) out["lastEnd"] = c.last_end;
    if (c.last_end_at) out["lastEndAt"] = base::format_time(*c.last_end_at);
    if (auto why = not_ready_because_.find(c.spec.name);
        why != not_ready_because_.end() && c.state == ComponentState::Starting)
      out["waitingFor"] = why->second;
    components.push_back(std::move(out));
  }
  return {{"name", spec_.name}, {"ready", supervision_.ready()}, {"components", std::move(components)}};
}

base::Result<void> Supervisor::command(const std::string& name, const std::string& action) {
  std::lock_guard lock(mutex_);
  auto actions = supervision_.command(name, action, now());
  if (!actions) return actions.error();
  act(*actions);  // signals only; starts are step()'s
  wake();
  return {};
}

void Supervisor::probe_loop(std::stop_token stop) {
  std::set<std::pair<std::string, pid_t>> set_up;
  while (!stop.stop_requested()) {
    std::vector<std::pair<Supervision::Component, base::WallTime>> unready;
    {
      std::unique_lock lock(mutex_);
      auto any_starting = [&] {
        for (const auto& c : supervision_.components())
          if (c.state == ComponentState::Starting && c.pid != 0) return true;
        return false;
      };
      changed_.wait(lock, stop, any_starting);
      for (const auto& c : supervision_.components())
        if (c.state == ComponentState::Starting && c.pid != 0) unready.emplace_back(c, started_at_[c.spec.name]);
    }
    for (const auto& [c, started] : unready) {
      if (stop.stop_requested()) return;
      auto answer = probe(c.spec.ready, started, stop);
      if (answer) answer = create_objects(c.spec, stop);
      std::lock_guard lock(mutex_);
      if (answer) {
        supervision_.became_ready(c.spec.name, c.pid, now());
        not_ready_because_.erase(c.spec.name);
        base::log::info("component is ready", {{"component", c.spec.name}});
        wake();
      } else {
        not_ready_because_[c.spec.name] = answer.error().message;
      }
    }
    base::system_clock().sleep_for(kProbeInterval, stop);
  }
}

void Supervisor::wait_for_events() {
  base::SteadyTime deadline = now() + kLogCheck;
  {
    std::lock_guard lock(mutex_);
    if (auto next = supervision_.next_wakeup()) deadline = std::min(deadline, *next);
    if (supervision_.draining()) deadline = std::min<base::SteadyTime>(deadline, now() + kDrainPoll);
  }
  pollfd fds[2] = {{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                   {.fd = event_.get(), .events = POLLIN, .revents = 0}};
  ::poll(fds, 2, base::poll_timeout(deadline));
  std::uint64_t counter = 0;
  while (::read(event_.get(), &counter, sizeof counter) > 0) {
  }
  signalfd_siginfo info;
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGCHLD) continue;
    base::log::info("stopping");
    std::lock_guard lock(mutex_);
    supervision_.shut_down(now());
  }
}

base::Result<void> Supervisor::run() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  signals_.reset(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  event_.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!signals_ || !event_) return base::errno_error(errno, "cannot make init's descriptors");

  auto control = ControlServer::start(*this, spec_.control_socket);
  if (!control) return control.error();
  std::jthread prober([this](std::stop_token stop) { probe_loop(stop); });

  auto next_log_check = now() + kLogCheck;
  while (true) {
    {
      std::lock_guard lock(mutex_);
      reap();
      look_after_drain();
      act(supervision_.step(now()));
      if (supervision_.finished()) break;
    }
    changed_.notify_all();
    if (now() >= next_log_check) {
      for (const auto& c : spec_.components) rotate_log(spec_.log_dir + "/" + c.name + ".log", spec_.max_log_bytes);
      rotate_log(spec_.log_dir + "/init.log", spec_.max_log_bytes);
      next_log_check = now() + kLogCheck;
    }
    wait_for_events();
  }
  base::log::info("stopped");
  return {};
}

}  // namespace causeway::onebox
