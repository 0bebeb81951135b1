#pragma once
// When an authority is made, when a leaf is, who trusts what, and whether this replica may be asked. Pure.
//
// All replicas share one Secret with the newest authority and the certificates of those before it that are still
// trusted; each issues its own leaf from it, in memory. A new authority is first trusted everywhere, beside the old
// one, and signs what is served only when the API servers have had time to see that: no write is refused meanwhile.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/pki.hpp"
#include "base/result.hpp"
#include "kube/core/resource.hpp"

namespace causeway::webhooks::certificates {

struct Policy {
  base::Duration authority_validity = std::chrono::hours(24 * 365 * 5);
  base::Duration authority_renew_before = std::chrono::hours(24 * 365);
  base::Duration leaf_validity = std::chrono::hours(24 * 90);
  base::Duration leaf_renew_before = std::chrono::hours(24 * 30);
  base::Duration settle = std::chrono::seconds(10);  // until every API server has seen a changed caBundle
  base::Duration overlap = std::chrono::hours(1);    // how long the authority before stays trusted; far above settle
};

// What the Secret holds.
struct Authorities {
  base::KeyPair current;              // signs leaves
  std::vector<std::string> previous;  // certificates (PEM) of those before it, trusted still
  base::WallTime made_at{};           // of current
  bool operator==(const Authorities& other) const;
};
std::string bundle_of(const Authorities& authorities);
bool trusts(std::string_view bundle, std::string_view authority_cert);

// What this replica serves with.
struct Leaf {
  std::string authority;  // certificate of the one that signed it
  base::WallTime expires{};
};

// One Validating- or MutatingWebhookConfiguration.
struct Configuration {
  kube::ResourceType type;
  std::string name;
  struct Webhook {
    std::string name, bundle;  // PEM, "" = none yet
  };
  std::vector<Webhook> webhooks;  // empty: there is no such configuration
};

struct Observation {
  base::WallTime now{};
  std::optional<Authorities> stored;      // none: the Secret is empty, or holds nothing that can be used
  std::optional<Authorities> remembered;  // the last this replica has seen
  std::vector<Configuration> configurations;
  std::optional<Leaf> leaf;
  // Since when this replica has seen every configuration trust stored->current without a gap; none: they do not.
  std::optional<base::WallTime> trusted_since;
};

struct Plan {
  // Instead of everything else: the Secret's new content. `make_authority`: a current one is to be made, with
  // `previous`; else only `previous` changes.
  bool make_authority = false, drop_previous = false;
  std::vector<std::string> previous;

  std::vector<std::size_t> inject;  // which of the configurations get `bundle`
  std::string bundle;
  bool issue_leaf = false;  // from stored->current
  std::string not_ready;    // what is missing until API servers can be answered; empty: nothing
  // Something is under way that only time or another look ends.
  bool hurry = false;
};

Plan plan(const Observation& seen, const Policy& policy);

// Whether every webhook of every configuration, all of which are there, trusts `authority_cert`.
bool trusted_everywhere(const std::vector<Configuration>& configurations, std::string_view authority_cert);

}  // namespace causeway::webhooks::certificates
