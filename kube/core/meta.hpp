#pragma once
// metadata, conditions and references as Kubernetes has them.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "kube/core/resource.hpp"

namespace causeway::kube {

struct OwnerReference {
  std::string api_version, kind, name, uid;
  bool controller = false;
  bool block_owner_deletion = false;
  bool operator==(const OwnerReference&) const = default;
};
BOOST_DESCRIBE_STRUCT(OwnerReference, (), (api_version, kind, name, uid, controller, block_owner_deletion))

struct ObjectMeta {
  std::string name, namespace_, uid, resource_version;
  std::int64_t generation = 0;
  std::map<std::string, std::string> labels, annotations;
  std::vector<std::string> finalizers;
  std::vector<OwnerReference> owner_references;
  std::string creation_timestamp;                 // RFC 3339
  std::optional<std::string> deletion_timestamp;  // set: the object is going away once its finalizers are gone
  bool operator==(const ObjectMeta&) const = default;

  ObjectKey key() const { return {namespace_, name}; }
  bool deleting() const { return deletion_timestamp.has_value(); }
};
BOOST_DESCRIBE_STRUCT(ObjectMeta, (),
                      (name, namespace_, uid, resource_version, generation, labels, annotations, finalizers,
                       owner_references, creation_timestamp, deletion_timestamp))

// metav1.Condition. status is "True", "False" or "Unknown".
struct Condition {
  std::string type, status;
  std::int64_t observed_generation = 0;
  std::string last_transition_time;  // RFC 3339; set by set_condition
  std::string reason;                // CamelCase, never empty
  std::string message;               // for people
  bool operator==(const Condition&) const = default;
};
BOOST_DESCRIBE_STRUCT(Condition, (), (type, status, observed_generation, last_transition_time, reason, message))

using Conditions = std::vector<Condition>;

// Sets or adds by type. lastTransitionTime changes only when status does. True if anything changed.
bool set_condition(Conditions& conditions, Condition condition, base::WallTime now);
bool remove_condition(Conditions& conditions, std::string_view type);
const Condition* find_condition(const Conditions& conditions, std::string_view type);
bool condition_is_true(const Conditions& conditions, std::string_view type);

}  // namespace causeway::kube

#include "kube/core/meta_fields.hpp"
