#pragma once
// The region's own copy of its Assignments, so that a restart with the hub away forgets nothing. Pure decisions.

#include <memory>

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
  bool report = false;  // the hub's status differs from the mirror's
};

// `hub` is null when the hub, after a full list, has no such Assignment; `mirror` when the region has none.
// An older epoch of the same demo is ignored; another demo of the same name has epochs of its own, and its workload
// takes the place of the old one's, which has the same names.
MirrorAction decide_mirror(const crds::Assignment* hub, const crds::Assignment* mirror);

// The mirror of `hub` in `ns`: its spec and what links it to its demo.
crds::Assignment mirror_of(const crds::Assignment& hub, std::string_view ns);

}  // namespace causeway::op::region
