#include "webhooks/certificates/keeper.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "webhooks/certificates/secret.hpp"

namespace causeway::webhooks::certificates {

namespace log = base::log;
using base::Error;
using base::ErrorCode;

namespace {

constexpr kube::ResourceType kValidating{"admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration",
                                         "validatingwebhookconfigurations", false};
constexpr kube::ResourceType kMutating{"admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration",
                                       "mutatingwebhookconfigurations", false};
constexpr const char* kManager = "causeway-webhooks-certificates";

double unix_seconds(base::WallTime t) {
  return std::chrono::duration<double>(t.time_since_epoch()).count();
}

Error of(const kube::Error& error, const std::string& what) {
  return Error{ErrorCode::kUnavailable, what + ": " + error.message};
}

}  // namespace

Keeper::Keeper(KeeperOptions options, kube::Client& client, const base::Clock& clock, base::MetricsRegistry& metrics)
    : options_(std::move(options)),
      client_(client),
      clock_(clock),
      leaf_end_(metrics.gauge("causeway_webhooks_certificate_expiry_timestamp_seconds",
                              "When the certificate ends, in seconds since 1970.", {{"certificate", "serving"}})),
      authority_end_(metrics.gauge("causeway_webhooks_certificate_expiry_timestamp_seconds",
                                   "When the certificate ends, in seconds since 1970.",
                                   {{"certificate", "authority"}})) {}

base::Result<base::TlsServerOptions> Keeper::first_leaf(const std::stop_token& stop) {
  do {
    auto done = step();
    if (!done) {
      log::warn("no certificate yet", {{"error", done.error().message}});
      set_state(done.error().message);
    } else if (done->leaf) {
      return std::move(*done->leaf);
    }
  } while (clock_.sleep_for(options_.hurried, stop));
  return Error{ErrorCode::kCancelled, "stopped before there was a certificate"};
}

base::Result<void> Keeper::run(const std::stop_token& stop,
                               const std::function<void(base::TlsServerOptions)>& on_leaf) {
  bool hurry = true;
  while (clock_.sleep_for(hurry ? options_.hurried : options_.interval, stop)) {
    auto done = step();
    // What is served stays, and so does readiness: an API server that is away for a moment changes neither.
    if (!done) log::warn("certificates could not be looked after", {{"error", done.error().message}});
    if (done && done->leaf) on_leaf(std::move(*done->leaf));
    hurry = done && done->hurry;
  }
  return {};
}

base::Result<void> Keeper::ready() const {
  const std::lock_guard lock(mutex_);
  if (not_ready_.empty()) return {};
  return Error{ErrorCode::kUnavailable, not_ready_};
}

void Keeper::set_state(std::string not_ready) {
  const std::lock_guard lock(mutex_);
  not_ready_ = std::move(not_ready);
}

base::Result<Keeper::Step> Keeper::step() {
  Observation seen;
  kube::Object secret;
  if (auto looked = observe(seen, secret); !looked) return looked.error();
  const Plan plan = certificates::plan(seen, options_.policy);
  Step done{.leaf = {}, .hurry = plan.hurry};
  if (plan.make_authority || plan.drop_previous) {
    if (!leaf_) set_state(plan.not_ready);  // what is served goes on being trusted
    if (auto changed = change_authority(plan, seen, secret); !changed) return changed.error();
    return done;
  }
  for (const std::size_t i : plan.inject) {
    if (auto injected = inject(seen.configurations[i], plan.bundle); !injected) return injected.error();
  }
  if (plan.issue_leaf) {
    auto leaf = issue(seen.stored->current);
    if (!leaf) return leaf.error();
    done.leaf = std::move(*leaf);
  }
  set_state(plan.not_ready);
  return done;
}

base::Result<void> Keeper::observe(Observation& seen, kube::Object& secret) {
  auto found = client_.get(kube::resources::kSecret, options_.ns, options_.secret);
  if (!found) {
    return of(found.error(), "Secret " + options_.ns + "/" + options_.secret +
                                 " (an empty one comes with the manifests; apply them again where it was deleted)");
  }
  secret = std::move(*found);
  auto stored = read_secret(secret);
  if (stored) {
    seen.stored = *stored;
    remembered_ = *stored;
    authority_end_.set(unix_seconds(base::certificate_expiry(stored->current.cert_pem).value_or(base::WallTime{})));
  } else if (stored.error().code != ErrorCode::kNotFound) {
    log::error("the authority cannot be used and is replaced",
               {{"secret", options_.secret}, {"error", stored.error().message}});
  }
  for (const auto& [type, name] :
       {std::pair(kValidating, options_.validating), std::pair(kMutating, options_.mutating)}) {
    if (name.empty()) continue;
    auto known = configuration(type, name);
    if (!known) return known.error();
    seen.configurations.push_back(std::move(*known));
  }
  seen.now = clock_.wall();
  const bool trusted = seen.stored && trusted_everywhere(seen.configurations, seen.stored->current.cert_pem);
  if (!trusted) {
    trusted_since_.reset();
  } else if (!trusted_since_) {
    trusted_since_ = seen.now;
  }
  seen.trusted_since = trusted_since_;
  seen.remembered = remembered_;
  seen.leaf = leaf_;
  return {};
}

base::Result<Configuration> Keeper::configuration(const kube::ResourceType& type, const std::string& name) {
  Configuration out{.type = type, .name = name, .webhooks = {}};
  auto found = client_.get(type, "", name);
  if (!found) {
    if (found.error().not_found()) return out;
    return of(found.error(), std::string(type.kind) + " " + name);
  }
  const auto* webhooks = kube::array_at(*found, "webhooks");
  if (webhooks == nullptr) return out;
  for (const auto& item : *webhooks) {
    const kube::Object* webhook = item.if_object();
    if (webhook == nullptr) continue;
    auto bundle = base::base64_decode(kube::string_at(*webhook, "clientConfig.caBundle"));
    out.webhooks.push_back({std::string(kube::string_at(*webhook, "name")), bundle ? *bundle : std::string()});
  }
  return out;
}

base::Result<void> Keeper::change_authority(const Plan& plan, const Observation& seen, const kube::Object& secret) {
  Authorities next;
  if (plan.make_authority) {
    auto made = base::make_authority("causeway-webhooks", options_.policy.authority_validity);
    if (!made) return made.error();
    next = {.current = std::move(*made), .previous = plan.previous, .made_at = seen.now};
  } else {
    next = *seen.stored;
    next.previous = plan.previous;
  }
  // With the resourceVersion it was read at: of several replicas one is first, and the others use what it made.
  auto written = client_.update(kube::resources::kSecret, write_secret(secret, next), {.field_manager = kManager});
  if (written) {
    log::info(plan.make_authority ? "made an authority" : "the authority before is not trusted any more",
              {{"secret", options_.secret}, {"trusted", 1 + next.previous.size()}});
    return {};
  }
  if (written.error().conflict()) return {};
  return of(written.error(), "Secret " + options_.secret);
}

base::Result<void> Keeper::inject(const Configuration& configuration, const std::string& bundle) {
  kube::Object object = kube::make_object(configuration.type, "", configuration.name);
  kube::json::array webhooks;
  for (const auto& webhook : configuration.webhooks) {
    webhooks.push_back(kube::Object{{"name", webhook.name},
                                    {"clientConfig", kube::Object{{"caBundle", base::base64_encode(bundle)}}}});
  }
  object["webhooks"] = std::move(webhooks);
  auto applied = client_.apply(configuration.type, object, {.field_manager = kManager, .force = true});
  if (!applied) return of(applied.error(), std::string(configuration.type.kind) + " " + configuration.name);
  log::info("put the authorities into the caBundle", {{"kind", configuration.type.kind}});
  return {};
}

base::Result<base::TlsServerOptions> Keeper::issue(const base::KeyPair& authority) {
  auto pair = base::issue_certificate(authority, {.common_name = "causeway-webhooks",
                                                  .organizations = {},
                                                  .dns_names = options_.dns_names,
                                                  .ip_addresses = options_.ip_addresses,
                                                  .server = true,
                                                  .validity = options_.policy.leaf_validity});
  if (!pair) return pair.error();
  auto expires = base::certificate_expiry(pair->cert_pem);
  if (!expires) return expires.error();
  leaf_ = Leaf{.authority = authority.cert_pem, .expires = *expires};
  leaf_end_.set(unix_seconds(*expires));
  log::info("issued a certificate", {{"expires", base::format_time(*expires)}});
  return base::TlsServerOptions{.cert_pem = std::move(pair->cert_pem), .key_pem = std::move(pair->key_pem)};
}

}  // namespace causeway::webhooks::certificates
