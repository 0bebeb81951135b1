#include "webhooks/certificates/plan.hpp"

#include <algorithm>

namespace causeway::webhooks::certificates {

namespace {

// An authority whose end cannot be read is at its end.
base::WallTime expiry(const std::string& cert_pem) {
  return base::certificate_expiry(cert_pem).value_or(base::WallTime{});
}

std::vector<std::string> unexpired(std::vector<std::string> certs, base::WallTime now) {
  std::erase_if(certs, [&](const std::string& cert) { return expiry(cert) <= now; });
  return certs;
}

// What is to be trusted beside a new authority: all that may have signed what is served somewhere.
std::vector<std::string> predecessors(const Authorities& authorities, base::WallTime now) {
  std::vector<std::string> certs{authorities.current.cert_pem};
  certs.insert(certs.end(), authorities.previous.begin(), authorities.previous.end());
  return unexpired(std::move(certs), now);
}

// A replica with an older view of the Secret may have put more into it: during the overlap more is not wrong.
bool has_what_it_should(const Configuration::Webhook& webhook, const Authorities& authorities, bool settled) {
  if (settled) return webhook.bundle == bundle_of(authorities);
  return trusts(webhook.bundle, authorities.current.cert_pem) &&
         std::ranges::all_of(authorities.previous,
                             [&](const std::string& cert) { return trusts(webhook.bundle, cert); });
}

bool wants_leaf(const Observation& seen, const Policy& policy) {
  if (!seen.leaf || seen.leaf->expires <= seen.now) return true;
  if (seen.leaf->authority == seen.stored->current.cert_pem) {
    return seen.leaf->expires - seen.now < policy.leaf_renew_before;
  }
  // Trusted nowhere, or not everywhere: nothing is lost by the newer one.
  if (!trusted_everywhere(seen.configurations, seen.leaf->authority)) return true;
  return seen.trusted_since && seen.now - *seen.trusted_since >= policy.settle;
}

std::string what_is_missing(const Observation& seen, bool issuing) {
  for (const Configuration& configuration : seen.configurations) {
    if (configuration.webhooks.empty()) {
      return "there is no " + std::string(configuration.type.kind) + " " + configuration.name;
    }
  }
  const std::string& authority = issuing ? seen.stored->current.cert_pem : seen.leaf->authority;
  for (const Configuration& configuration : seen.configurations) {
    for (const auto& webhook : configuration.webhooks) {
      if (!trusts(webhook.bundle, authority)) {
        return "the caBundle of " + webhook.name + " does not hold the authority of the certificate served";
      }
    }
  }
  return {};
}

}  // namespace

bool Authorities::operator==(const Authorities& other) const {
  return current.cert_pem == other.current.cert_pem && current.key_pem == other.current.key_pem &&
         previous == other.previous && made_at == other.made_at;
}

std::string bundle_of(const Authorities& authorities) {
  std::string bundle = authorities.current.cert_pem;
  for (const std::string& cert : authorities.previous) bundle += cert;
  return bundle;
}

bool trusts(std::string_view bundle, std::string_view authority_cert) {
  return !authority_cert.empty() && bundle.find(authority_cert) != std::string_view::npos;
}

bool trusted_everywhere(const std::vector<Configuration>& configurations, std::string_view authority_cert) {
  return std::ranges::all_of(configurations, [&](const Configuration& configuration) {
    return !configuration.webhooks.empty() && std::ranges::all_of(configuration.webhooks, [&](const auto& webhook) {
      return trusts(webhook.bundle, authority_cert);
    });
  });
}

Plan plan(const Observation& seen, const Policy& policy) {
  Plan plan;
  if (!seen.stored) {
    plan.make_authority = plan.hurry = true;
    if (seen.remembered) plan.previous = predecessors(*seen.remembered, seen.now);
    plan.not_ready = "no authority yet";
    return plan;
  }
  const Authorities& authorities = *seen.stored;
  if (expiry(authorities.current.cert_pem) - seen.now < policy.authority_renew_before) {
    plan.make_authority = plan.hurry = true;
    plan.previous = predecessors(authorities, seen.now);
    plan.not_ready = "the authority is being replaced";
    return plan;
  }
  const bool settled = seen.now - authorities.made_at >= policy.overlap;
  if (settled && !authorities.previous.empty() && seen.trusted_since) {
    plan.drop_previous = plan.hurry = true;
    return plan;
  }

  plan.bundle = bundle_of(authorities);
  for (std::size_t i = 0; i < seen.configurations.size(); ++i) {
    if (std::ranges::any_of(seen.configurations[i].webhooks,
                            [&](const auto& webhook) { return !has_what_it_should(webhook, authorities, settled); })) {
      plan.inject.push_back(i);
    }
  }
  plan.issue_leaf = wants_leaf(seen, policy);
  plan.not_ready = what_is_missing(seen, plan.issue_leaf);
  const bool switching = !plan.issue_leaf && seen.leaf->authority != authorities.current.cert_pem;
  plan.hurry = !plan.inject.empty() || !plan.not_ready.empty() || switching;
  return plan;
}

}  // namespace causeway::webhooks::certificates
