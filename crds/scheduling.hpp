#pragma once
// Taints, tolerations, isolation and rollouts: words that Cluster, Demo and Assignment share.

#include <boost/describe.hpp>
#include <optional>
#include <string>

namespace causeway::crds {

enum class Isolation { Standard, Sandboxed };
BOOST_DESCRIBE_ENUM(Isolation, Standard, Sandboxed)

enum class Rollout { Rolling, Recreate, Canary };
BOOST_DESCRIBE_ENUM(Rollout, Rolling, Recreate, Canary)

enum class TaintEffect { NoSchedule, PreferNoSchedule, NoExecute };
BOOST_DESCRIBE_ENUM(TaintEffect, NoSchedule, PreferNoSchedule, NoExecute)

enum class TolerationOperator { Exists, Equal };
BOOST_DESCRIBE_ENUM(TolerationOperator, Exists, Equal)

struct Taint {
  std::string key, value;
  TaintEffect effect = TaintEffect::NoSchedule;
  bool operator==(const Taint&) const = default;
};
BOOST_DESCRIBE_STRUCT(Taint, (), (key, value, effect))

struct Toleration {
  std::string key;  // "" with Exists tolerates every taint
  TolerationOperator operator_ = TolerationOperator::Equal;
  std::string value;
  std::optional<TaintEffect> effect;  // absent = every effect
  bool operator==(const Toleration&) const = default;
  bool tolerates(const Taint& taint) const;
};
BOOST_DESCRIBE_STRUCT(Toleration, (), (key, operator_, value, effect))

}  // namespace causeway::crds

#include "crds/scheduling_fields.hpp"
