#include "onebox/cluster/cluster.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/log.hpp"
#include "onebox/machine/network.hpp"

namespace causeway::onebox {

namespace {

constexpr auto kReadyPoll = std::chrono::milliseconds(100);
constexpr auto kHealthPoll = std::chrono::seconds(5);

}  // namespace

Cluster::Cluster(const Instance& instance, Trash& trash, ClusterRecord record)
    : instance_(instance),
      trash_(trash),
      layout_(instance.layout.cluster(record.id)),
      record_(std::move(record)),
      init_(layout_),
      wish_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Cluster::~Cluster() = default;

ClusterRecord Cluster::record() const {
  std::lock_guard lock(mutex_);
  return record_;
}

bool Cluster::ready() const {
  std::lock_guard lock(mutex_);
  return ready_;
}

bool Cluster::gone() const {
  std::lock_guard lock(mutex_);
  return gone_;
}

pid_t Cluster::init_pid() const {
  std::lock_guard lock(mutex_);
  return init_pid_;
}

base::Result<void> Cluster::wait_ready(base::Duration timeout, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  const auto seen = failures_seen_;
  const auto deadline = base::system_clock().steady() + timeout;
  const bool in_time = changed_.wait_until(
      lock, stop, deadline, [&] { return ready_ || gone_ || record_.deleting || failures_seen_ != seen; });
  if (ready_ && !record_.deleting) return {};
  if (gone_ || record_.deleting)
    return base::Error{base::ErrorCode::kNotFound, "cluster " + record_.id + " is being deleted"};
  if (failures_seen_ != seen) return base::Error{base::ErrorCode::kInternal, failure_};
  if (!in_time && stop.stop_requested()) return base::Error{base::ErrorCode::kCancelled, "the service is stopping"};
  return base::Error{base::ErrorCode::kTimeout,
                     "cluster " + record_.id + " is not ready yet" + (waiting_for_.empty() ? "" : ": " + waiting_for_)};
}

base::Result<void> Cluster::request_delete() {
  {
    std::lock_guard lock(mutex_);
    if (gone_ || record_.deleting) return {};
    auto wanted = record_;
    wanted.deleting = true;
    if (auto saved = save_json(layout_.record(), wanted); !saved) return saved.error();
    record_ = wanted;
    ready_ = false;
    phase_ = "deleting";
  }
  changed_.notify_all();
  ::eventfd_write(wish_.get(), 1);
  return {};
}

base::Result<void> Cluster::wait_gone(base::Duration timeout, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  const auto seen = failures_seen_;
  const auto deadline = base::system_clock().steady() + timeout;
  changed_.wait_until(lock, stop, deadline, [&] { return gone_ || failures_seen_ != seen; });
  if (gone_) return {};
  if (failures_seen_ != seen) return base::Error{base::ErrorCode::kInternal, failure_};
  return base::Error{base::ErrorCode::kTimeout, "cluster " + record_.id + " is not gone yet"};
}

base::Result<void> Cluster::fault(const std::string& action, const std::string& component) {
  const auto record = this->record();
  if (action == "cut" || action == "heal") {
    if (!component.empty())
      return base::Error{base::ErrorCode::kInvalidArgument, "'" + action + "' is for the whole cluster: no component"};
    return set_cable(instance_.names, record.host, action == "heal");
  }
  if (component.empty())
    return base::Error{base::ErrorCode::kInvalidArgument, "'" + action + "' needs a component, such as kube-apiserver"};
  auto done = InitProcess(layout_).command(component, action);
  ::eventfd_write(wish_.get(), 1);
  return done;
}

void Cluster::set_ready(bool ready, std::string waiting_for) {
  {
    std::lock_guard lock(mutex_);
    if (record_.deleting) ready = false;
    if (ready && !ready_) base::log::info("cluster is ready", {{"cluster", record_.id}});
    ready_ = ready;
    waiting_for_ = std::move(waiting_for);
    if (!record_.deleting) phase_ = ready ? "ready" : "starting";
    if (ready) {
      failure_.clear();
      failures_in_row_ = 0;
    }
  }
  changed_.notify_all();
}

void Cluster::wait_for_wish(base::Duration at_most, std::stop_token stop) {
  base::StopDescriptor stopped(stop);
  pollfd fds[3] = {{.fd = wish_.get(), .events = POLLIN, .revents = 0},
                   {.fd = stopped.fd(), .events = POLLIN, .revents = 0},
                   {.fd = init_.descriptor(), .events = POLLIN, .revents = 0}};  // -1 is passed over
  ::poll(fds, 3, base::poll_timeout(base::saturating_add(base::system_clock().steady(), at_most)));
  eventfd_t counter = 0;
  ::eventfd_read(wish_.get(), &counter);
}

Observed Cluster::observe() {
  Observed seen;
  seen.init_running = init_.running() || init_.find();
  const auto record = this->record();
  seen.deleting = record.deleting;
  seen.network_there = cluster_network_exists(instance_.names, record.id);
  return seen;
}

void Cluster::run(std::stop_token stop) {
  base::log::Scope scope({{"cluster", record_.id}});
  while (!stop.stop_requested()) {
    const auto step = next_step(observe());
    base::log::debug("step", {{"step", to_string(step)}});
    auto done = take(step, stop);
    base::log::debug("step done", {{"step", to_string(step)}});
    if (done && step == Step::kForget) return;
    if (done || stop.stop_requested()) continue;
    failures_in_row_++;
    base::log::error("step failed", {{"step", to_string(step)}, {"error", done.error().message}});
    {
      std::lock_guard lock(mutex_);
      failure_ = done.error().message;
      failures_seen_++;
      ready_ = false;
      if (!record_.deleting) phase_ = "failing";
    }
    changed_.notify_all();
    wait_for_wish(retry_delay(failures_in_row_), stop);
  }
}

base::Result<void> Cluster::take(Step step, std::stop_token stop) {
  switch (step) {
    case Step::kAdopt:
      return follow(stop);
    case Step::kStart:
      return start();
    case Step::kKill:
      return init_.end({});
    case Step::kClearNetwork:
      return clear_network();
    case Step::kForget:
      return forget();
  }
  return {};
}

base::Result<void> Cluster::follow(std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    init_pid_ = init_.pid();
  }
  if (auto opened = open_relay(); !opened) return opened.error();
  while (!stop.stop_requested() && !record().deleting) {
    auto status = init_.status();
    const bool ready = status && kube::bool_at(*status, "ready");
    set_ready(ready, status ? describe_unready(*status) : status.error().message);
    wait_for_wish(ready ? base::Duration(kHealthPoll) : base::Duration(kReadyPoll), stop);
    if (!init_.running()) {
      set_ready(false, "");
      std::lock_guard lock(mutex_);
      init_pid_ = 0;
      if (record_.deleting) return {};
      return base::Error{base::ErrorCode::kUnavailable,
                         "the cluster's init ended, and is started again; its last words: " + init_.last_words()};
    }
  }
  return {};
}

kube::json::object Cluster::describe(Detail detail) const {
  kube::json::array components;
  if (init_pid() != 0)
    if (auto status = InitProcess(layout_).status())
      if (const auto* list = kube::array_at(*status, "components")) components = *list;
  std::lock_guard lock(mutex_);
  kube::json::object out{{"id", record_.id},
                         {"name", record_.name},
                         {"region", record_.region},
                         {"node", record_.node},
                         {"phase", phase_},
                         {"ready", ready_},
                         {"created", record_.created},
                         {"address", instance_.subnet.host(record_.host)},
                         {"network", cable_connected(instance_.names, record_.host) ? "connected" : "cut"},
                         {"initPid", init_pid_},
                         {"components", std::move(components)},
                         {"kubeconfigFile", layout_.kubeconfig().string()},
                         {"localKubeconfigFile", layout_.local_kubeconfig().string()},
                         {"logs", layout_.logs().string()}};
  if (!failure_.empty())
    out["message"] = failure_;
  else if (!ready_ && !waiting_for_.empty())
    out["message"] = waiting_for_;
  if (!access_) return out;
  out["endpoint"] = access_->endpoint();
  out["localEndpoint"] = "https://127.0.0.1:" + std::to_string(record_.local_port);
  out["caCertificate"] = access_->ca_pem;
  if (detail == Detail::kWithCredentials) {
    out["kubeconfig"] = bridge_kubeconfig(record_, *access_);
    out["localKubeconfig"] = local_kubeconfig(record_, *access_);
  }
  return out;
}

}  // namespace causeway::onebox
