#pragma once
// Field rows of kube/core/selector.hpp; include that.

#include <array>

#include "kube/core/schema.hpp"
#include "kube/core/selector.hpp"

namespace causeway::kube {

constexpr auto field_rows(const LabelRequirement*) {
  return std::array{
      Row{.member = "key", .doc = "The label's key.", .required = true, .min_length = 1, .max_length = 317},
      Row{.member = "operator_",
          .doc = "How the label is compared: `In` and `NotIn` with `values`, `Exists` and `DoesNotExist` without. "
                 "`NotIn` and `DoesNotExist` hold for objects that lack the label.",
          .required = true,
          .pattern = "^(In|NotIn|Exists|DoesNotExist)$"},
      Row{.member = "values",
          .doc = "The values to compare with; empty for `Exists` and `DoesNotExist`.",
          .max_length = 63,
          .max_items = 64},
  };
}

constexpr auto field_rows(const LabelSelector*) {
  return std::array{
      Row{.member = "match_labels",
          .doc = "Labels that must all be there with exactly these values.",
          .max_properties = 32,
          .max_value_length = 63},
      Row{.member = "match_expressions", .doc = "Further requirements; all must hold.", .max_items = 32},
  };
}

}  // namespace causeway::kube
