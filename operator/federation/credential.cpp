#include "operator/federation/credential.hpp"

#include <boost/json.hpp>

#include "operator/federation/bootstrap.hpp"
#include "operator/federation/names.hpp"
#include "operator/federation/registration.hpp"

namespace causeway::op::federation {

namespace json = boost::json;
namespace resources = kube::resources;
using kube::Object;

namespace {

constexpr auto kTokenLife = std::chrono::hours(24 * 7);
constexpr auto kOwnApiServer = "https://kubernetes.default.svc";  // of the hub, for a region beside it

kube::Result<std::string> hub_ca(kube::Client& hub, const Settings& s) {
  auto map = hub.get(resources::kConfigMap, s.system_namespace, "kube-root-ca.crt");
  if (!map) return map.error();
  const auto* data = map->if_contains("data");
  const auto* ca = data && data->is_object() ? data->get_object().if_contains("ca.crt") : nullptr;
  if (!ca || !ca->is_string())
    return kube::Error::local("ConfigMap " + s.system_namespace + "/kube-root-ca.crt has no ca.crt");
  return std::string(ca->get_string());
}

// The member of that name, which may have dots in it.
const json::object* member(const json::object& o, std::string_view name) {
  const auto* value = o.if_contains(name);
  return value && value->is_object() ? &value->get_object() : nullptr;
}

// Who had the old credential may have reported with it, and the region itself reports what has changed, not what
// somebody wrote over it. Without a report nobody is refused.
kube::Result<void> forget_report_of_another(kube::Client& hub, kube::Client& region, const std::string& home) {
  const auto uid = uid_of_cluster(region);
  if (!uid) return uid.error();
  const auto map = hub.get(resources::kConfigMap, home, kRegionReport);
  if (!map) return map.error().not_found() ? kube::Result<void>() : map.error();
  json::error_code ec;
  const auto report = json::parse(kube::string_at(*map, "data.report"), ec);
  if (ec || !report.is_object() || kube::string_at(report.get_object(), "uid") == *uid) return {};
  const Object nothing{{"data", Object{{"report", nullptr}}}};
  const auto r = hub.patch(resources::kConfigMap, home, kRegionReport, kube::PatchType::kMerge, nothing,
                           {.field_manager = kFieldManager});
  if (!r) return r.error();
  return {};
}

}  // namespace

std::string bound_secret_uid(std::string_view jwt) {
  const auto claims = region::token_claims(jwt);
  const auto* kubernetes = claims ? member(*claims, "kubernetes.io") : nullptr;
  const auto* secret = kubernetes ? member(*kubernetes, "secret") : nullptr;
  return secret ? std::string(kube::string_at(*secret, "uid")) : std::string{};
}

bool usable(const region::HubAddress& there, const region::HubAddress& wanted, std::string_view secret_uid,
            base::WallTime now) {
  if (!there.same_hub(wanted)) return false;
  const auto life = region::token_life(there.token);
  if (!life || life->expires <= now) return false;
  return !secret_uid.empty() && bound_secret_uid(there.token) == secret_uid;
}

kube::Result<void> hand_credential(kube::Client& hub, kube::Client& region, const crds::Cluster& cluster,
                                   const Settings& s) {
  region::HubAddress wanted;
  wanted.url = cluster.spec.source.in_cluster ? kOwnApiServer : s.hub_url;
  wanted.ns = region_namespace(cluster);
  wanted.cluster = cluster.metadata.name;
  wanted.region = std::string(crds::region_of(cluster));
  auto ca = hub_ca(hub, s);
  if (!ca) return ca.error();
  wanted.ca_pem = *ca;
  const auto credential = hub.get(resources::kSecret, wanted.ns, kRegionCredential);
  if (!credential) return credential.error();
  const std::string uid(kube::uid_of(*credential));

  const auto secret = region.get(resources::kSecret, s.system_namespace, kHubSecret);
  if (secret) {
    const auto there = region::HubAddress::parse(*secret);
    if (there && usable(*there, wanted, uid, base::system_clock().wall())) return {};
  } else if (!secret.error().not_found()) {
    return secret.error();
  }

  if (auto r = forget_report_of_another(hub, region, wanted.ns); !r) return r;
  const auto token =
      hub.create_token(wanted.ns, kRegionAccount, kTokenLife, kube::Client::BoundSecret{kRegionCredential, uid});
  if (!token) return token.error();
  Object object = kube::make_object(resources::kSecret, s.system_namespace, kHubSecret);
  object["stringData"] = Object{{"url", wanted.url},      {"ca", wanted.ca_pem},       {"token", token->token},
                                {"namespace", wanted.ns}, {"cluster", wanted.cluster}, {"region", wanted.region}};
  auto r = region.apply(resources::kSecret, object, {.field_manager = kFieldManager, .force = true});
  if (!r) return r.error();
  return {};
}

}  // namespace causeway::op::federation
