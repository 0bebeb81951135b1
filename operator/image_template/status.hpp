#pragma once
// The status of an ImageTemplate as a pure function of what is there.

#include <vector>

#include "base/clock.hpp"
#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"

namespace causeway::op::image_template {

// Whether `demo` builds with `t`: its family and, if it names one, its version; without one, `t` is the newest.
// `system_namespace` holds the catalogue, which a Demo falls back to when its own namespace lacks the family.
struct Usage {
  bool latest = false;
  std::int64_t demo_count = 0;
};
Usage usage_of(const crds::ImageTemplate& t, const std::vector<const crds::ImageTemplate*>& all,
               const std::vector<const crds::Demo*>& demos, std::string_view system_namespace);

crds::ImageTemplateStatus status_of(const crds::ImageTemplate& t, const Usage& usage, base::WallTime now);

}  // namespace causeway::op::image_template
