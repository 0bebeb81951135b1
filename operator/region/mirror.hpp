#pragma once
// The region's own copy of its Assignments, so that a restart with the hub away forgets nothing. Pure decisions.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/trace.hpp"
#include "crds/assignment/assignment.hpp"

namespace causeway::op::region {

struct MirrorAction {
  enum class Kind {
    kNothing,
    kWrite,   // make the mirror's spec the hub's
    kRemove,  // the hub has deleted an Assignment whose workload is gone
    kKeep,    // the hub has no such Assignment (any more), but nobody asked for its removal: it runs on
  };
  Kind kind = Kind::kNothing;
  bool report = false;               // the hub's status differs from the mirror's
  bool drop_former_secrets = false;  // nothing that runs may still need them
};

// `hub` is null when the hub, after a full list, has no such Assignment; `mirror` when the region has none.
// An older epoch of the same demo is ignored; another demo of the same name has epochs of its own, and its workload
// takes the place of the old one's, which has the same names.
MirrorAction decide_mirror(const crds::Assignment* hub, const crds::Assignment* mirror);

// The mirror of `hub` in `ns`: its spec, what links it to its demo and to its trace, and the former Secrets that follow
// from `before` (null: there was none).
crds::Assignment mirror_of(const crds::Assignment& hub, const crds::Assignment* before, std::string_view ns);

// On a mirror, comma-separated: Secrets that earlier specs had and this one has not. Their copies stay in the tenant's
// namespace while pods of an earlier spec may still start with them; then they are removed and the annotation with
// them.
inline constexpr std::string_view kAnnotationFormerSecrets = "causeway.dev/former-secrets";
std::vector<std::string> former_secrets(const crds::Assignment& mirror);

// The trace of the rollout that the Assignment was written for, while it is under way here: until what it asks for was
// judged and has come to rest.
std::optional<base::trace::Context> rollout_of(const crds::Assignment& assignment);

// `mirror` is the last of its tenant in this region: every other one of the same tenant is about to be removed too, and
// the hub asks for nothing of it. `hub` has every Assignment of the hub.
bool last_of_tenant(const crds::Assignment& mirror, const std::vector<std::shared_ptr<const crds::Assignment>>& mirrors,
                    const std::vector<std::shared_ptr<const crds::Assignment>>& hub);

}  // namespace causeway::op::region
