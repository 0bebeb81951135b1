#include "operator/terraform/status_stream.hpp"

#include "base/log.hpp"

namespace causeway::op::terraform {

namespace json = kube::json;

StatusStream::StatusStream(kube::Client& client, const RunInput& input, base::Duration interval)
    : client_(client),
      namespace_(input.cluster_namespace),
      name_(input.cluster_name),
      uid_(input.cluster_uid),
      interval_(interval),
      worker_([this](std::stop_token stop) { work(std::move(stop)); }) {}

StatusStream::~StatusStream() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return refused_ || wanted_ == written_; });
  }
  worker_.request_stop();
  changed_.notify_all();
}

void StatusStream::show(crds::ClusterRun run) {
  std::lock_guard lock(mutex_);
  if (run == wanted_) return;
  wanted_ = std::move(run);
  changed_.notify_all();
}

std::size_t StatusStream::writes() const {
  std::lock_guard lock(mutex_);
  return writes_;
}

void StatusStream::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return !refused_ && wanted_ != written_; })) {
    const crds::ClusterRun run = wanted_;
    lock.unlock();
    const bool ok = write(run);
    lock.lock();
    ++writes_;
    if (ok) written_ = run;
    changed_.notify_all();
    // The throttle, and the back-off after a failure.
    changed_.wait_for(lock, stop, ok ? interval_ : 4 * interval_, [] { return false; });
  }
}

bool StatusStream::write(const crds::ClusterRun& run) {
  auto object = kube::make_object(crds::Cluster::kResource, namespace_, name_);
  object["metadata"].as_object()["uid"] = uid_;  // a Cluster made anew under the same name is not ours to write to
  object["status"] = json::object{{"lastRun", kube::to_json(run)}};
  auto r = client_.apply(crds::Cluster::kResource, object,
                         {.field_manager = std::string(names::kFieldManager), .force = true, .subresource = "status"});
  if (r) return true;
  const auto& error = r.error();
  if (error.not_found() || error.conflict() || error.forbidden() || error.invalid()) {
    base::log::warn("no longer showing progress", {{"error", error.message}});
    std::lock_guard lock(mutex_);
    refused_ = error.not_found() || error.conflict();
    return false;
  }
  base::log::warn("cannot show progress; trying again", {{"error", error.message}});
  return false;
}

}  // namespace causeway::op::terraform
