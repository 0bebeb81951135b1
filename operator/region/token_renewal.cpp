#include "operator/region/token_renewal.hpp"

#include "base/log.hpp"

namespace causeway::op::region {

namespace log = base::log;
namespace resources = kube::resources;
using kube::Object;

namespace {

constexpr auto kCheckEvery = std::chrono::minutes(1);
constexpr auto kHubRetry = std::chrono::seconds(30);
constexpr auto kOwnRetry = std::chrono::seconds(5);
constexpr auto kTokenLife = std::chrono::hours(24 * 7);

}  // namespace

TokenRenewal::TokenRenewal(kube::Client& own, kube::Client& hub, const base::Clock& clock,
                           std::shared_ptr<HubToken> token, std::string hub_ns, std::string ns, std::string secret)
    : own_(own),
      hub_(hub),
      clock_(clock),
      token_(std::move(token)),
      hub_ns_(std::move(hub_ns)),
      ns_(std::move(ns)),
      secret_(std::move(secret)) {}

base::Duration TokenRenewal::check() {
  const auto current = token_->token();
  const auto life = current ? token_life(*current) : std::nullopt;
  if (life && clock_.wall() < renewal_time(*life)) return kCheckEvery;
  auto fresh = new_token();
  if (!fresh) {
    log::warn("cannot renew the token for the hub", {{"error", fresh.error().message}});
    return kHubRetry;
  }
  // Into the Secret first, so that a restart has it.
  const Object patch{{"stringData", Object{{"token", *fresh}}}};
  const auto kept = own_.patch(resources::kSecret, ns_, secret_, kube::PatchType::kMerge, patch,
                               {.field_manager = "causeway-region"});
  if (!kept) {
    log::warn("cannot keep the new token for the hub",
              {{"secret", ns_ + "/" + secret_}, {"error", kept.error().message}});
    return kOwnRetry;
  }
  token_->replace(std::move(*fresh));
  log::info("renewed the token for the hub");
  return kCheckEvery;
}

kube::Result<std::string> TokenRenewal::new_token() {
  const auto credential = hub_.get(resources::kSecret, hub_ns_, "region-credential");
  if (!credential) return credential.error();
  const kube::Client::BoundSecret bound{"region-credential", std::string(kube::uid_of(*credential))};
  const auto token = hub_.create_token(hub_ns_, "region", kTokenLife, bound);
  if (!token) return token.error();
  return token->token;
}

}  // namespace causeway::op::region
