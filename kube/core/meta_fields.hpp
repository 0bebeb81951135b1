#pragma once
// Field rows of kube/core/meta.hpp; include that.

#include <array>

#include "kube/core/meta.hpp"
#include "kube/core/schema.hpp"

namespace causeway::kube {

// The limits are metav1.Condition's own.
constexpr auto field_rows(const Condition*) {
  return std::array{
      Row{.member = "type",
          .doc = "What is being judged, in CamelCase.",
          .required = true,
          .max_length = 316,
          .pattern = R"(^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?)"
                     R"((([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$)"},
      Row{.member = "status",
          .doc = "True, False, or Unknown while it cannot be judged.",
          .required = true,
          .pattern = "^(True|False|Unknown)$"},
      Row{.member = "observed_generation",
          .doc = "The metadata.generation this was judged for; older than the object's means the judgement is out of "
                 "date.",
          .minimum = 0},
      Row{.member = "last_transition_time",
          .doc = "When `status` last changed.",
          .required = true,
          .format = "date-time"},
      Row{.member = "reason",
          .doc = "Why, as one CamelCase word that programs can rely on.",
          .required = true,
          .min_length = 1,
          .max_length = 1024,
          .pattern = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"},
      Row{.member = "message",
          .doc = "Why, for people; where something is wrong, also what would put it right.",
          .required = true,
          .max_length = 32768},
  };
}

}  // namespace causeway::kube
