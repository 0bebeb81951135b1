#pragma once
// Annotations that parts of the platform hand on to each other on objects.

#include <string_view>

namespace causeway::crds {

// W3C trace context (base/trace.hpp) of the rollout that the object was written for: on build Jobs, Assignments and
// their mirrors. Absent with tracing off.
inline constexpr std::string_view kTraceparentAnnotation = "causeway.dev/traceparent";

}  // namespace causeway::crds
