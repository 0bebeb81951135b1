#include "kube/runtime/lease_elector.hpp"

#include <random>

#include "base/log.hpp"

namespace causeway::kube {

namespace {

ClientConfig own_config(ClientConfig config) {
  config.max_retries = 0;  // the election has its own rhythm
  return config;
}

LeaseRecord record_of(const Object& lease) {
  return {.holder = std::string(string_at(lease, "spec.holderIdentity")),
          .duration_seconds = static_cast<int>(int_at(lease, "spec.leaseDurationSeconds")),
          .acquire_time = std::string(string_at(lease, "spec.acquireTime")),
          .renew_time = std::string(string_at(lease, "spec.renewTime")),
          .transitions = static_cast<int>(int_at(lease, "spec.leaseTransitions"))};
}

Object spec_of(const LeaseRecord& record) {
  return {{"holderIdentity", record.holder},
          {"leaseDurationSeconds", record.duration_seconds},
          {"acquireTime", record.acquire_time},
          {"renewTime", record.renew_time},
          {"leaseTransitions", record.transitions}};
}

}  // namespace

LeaseElector::LeaseElector(const ClientConfig& config, LeaseOptions options, const base::Clock& clock,
                           base::MetricsRegistry& metrics)
    : options_(std::move(options)),
      clock_(clock),
      client_(own_config(config)),
      election_(options_, std::random_device{}()),
      status_(metrics.gauge("leader_election_master_status",
                            "Whether this process is the leader of the lease (1) or not (0)",
                            {{"name", options_.name}})) {
  status_.set(0);
}

LeaderElection::Event LeaseElector::get() {
  base::HttpRequest request;
  request.target = resources::kLease.path(options_.ns, options_.name);
  request.headers.set("Accept", "application/json");
  auto response = client_.raw(std::move(request), election_.patience(clock_.steady()));
  if (!response) {
    if (response.error().not_found()) return LeaderElection::Missing{};
    return LeaderElection::Failed{response.error()};
  }
  boost::system::error_code ec;
  auto value = json::parse(response->body, ec);
  if (ec || !value.is_object()) return LeaderElection::Failed{Error::local("the lease is not a JSON object")};
  lease_ = std::move(value.get_object());
  return LeaderElection::Seen{record_of(lease_)};
}

LeaderElection::Event LeaseElector::write(std::string_view method, const LeaseRecord& record) {
  const bool create = method == "POST";
  // Labels and annotations of others stay.
  Object lease = create ? make_object(resources::kLease, options_.ns, options_.name) : lease_;
  lease["spec"] = spec_of(record);
  base::HttpRequest request;
  request.method = method;
  request.target = resources::kLease.path(options_.ns, create ? std::string_view() : options_.name);
  request.headers.set("Accept", "application/json");
  request.headers.set("Content-Type", "application/json");
  request.body = json::serialize(lease);
  auto response = client_.raw(std::move(request), election_.patience(clock_.steady()));
  if (!response) return LeaderElection::Failed{response.error()};
  boost::system::error_code ec;
  auto value = json::parse(response->body, ec);
  if (ec || !value.is_object()) return LeaderElection::Failed{Error::local("the lease is not a JSON object")};
  lease_ = std::move(value.get_object());
  return LeaderElection::Written{};
}

base::Result<void> LeaseElector::run(std::stop_token stop, const std::function<void()>& on_leading) {
  const std::string where = options_.ns + "/" + options_.name;
  std::string holder;
  LeaderElection::Event event = LeaderElection::Started{};
  while (true) {
    const bool was_leading = election_.leading();
    const auto action = election_.resume(event, clock_.steady(), clock_.wall());
    if (election_.holder() != holder) {
      holder = election_.holder();
      base::log::info("leader of the lease", {{"lease", where}, {"holder", holder}, {"own", options_.identity}});
    }
    if (!was_leading && election_.leading()) {
      status_.set(1);
      on_leading();
    }
    if (const auto* lost = std::get_if<LeaderElection::Lost>(&action)) {
      status_.set(0);
      return base::Error{base::ErrorCode::kUnavailable, "leadership of lease " + where + " is lost: " + lost->why};
    }
    if (stop.stop_requested()) break;
    if (const auto* wait = std::get_if<LeaderElection::Wait>(&action)) {
      if (const auto* failed = std::get_if<LeaderElection::Failed>(&event))
        base::log::warn("lease cannot be acquired or renewed", {{"lease", where}, {"error", failed->error.message}});
      if (!clock_.sleep_for(wait->duration, stop)) break;
      event = LeaderElection::Waited{};
    } else if (const auto* create = std::get_if<LeaderElection::Create>(&action)) {
      event = write("POST", create->record);
    } else if (const auto* update = std::get_if<LeaderElection::Update>(&action)) {
      event = write("PUT", update->record);
    } else {
      event = get();
    }
  }
  release();
  return {};
}

void LeaseElector::release() {
  status_.set(0);
  if (!election_.leading()) return;
  const auto written = write("PUT", election_.release(clock_.wall()));
  if (const auto* failed = std::get_if<LeaderElection::Failed>(&written))
    base::log::warn("lease could not be released; it runs out by itself",
                    {{"lease", options_.ns + "/" + options_.name}, {"error", failed->error.message}});
}

}  // namespace causeway::kube
