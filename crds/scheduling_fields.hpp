#pragma once
// Field rows of crds/scheduling.hpp; include that.

#include <array>
#include <string_view>

#include "crds/scheduling.hpp"
#include "kube/core/schema.hpp"

namespace causeway::crds {

inline constexpr std::string_view kQualifiedNamePattern =
    R"(^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$)";
inline constexpr std::string_view kLabelValuePattern = R"(^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$)";

constexpr auto field_rows(const Taint*) {
  return std::array{
      kube::Row{.member = "key",
                .doc = "Key of the taint, for example `example.org/batch-only`.",
                .required = true,
                .min_length = 1,
                .max_length = 317,
                .pattern = kQualifiedNamePattern},
      kube::Row{.member = "value",
                .doc = "Value of the taint; may be empty.",
                .max_length = 63,
                .pattern = kLabelValuePattern},
      kube::Row{.member = "effect",
                .doc = "What happens to what does not tolerate it: `NoSchedule` keeps it away, `PreferNoSchedule` "
                       "avoids it where there is a choice, `NoExecute` also moves away what runs already.",
                .always = true,
                .defaulted = true},
  };
}

constexpr auto field_rows(const Toleration*) {
  return std::array{
      kube::Row{.member = "key",
                .doc = "Key of the taints that are tolerated; with `operator: Exists` and no key, all taints.",
                .max_length = 317,
                .pattern = kQualifiedNamePattern},
      kube::Row{
          .member = "operator_", .doc = "`Equal` compares key and value, `Exists` the key only.", .defaulted = true},
      kube::Row{.member = "value",
                .doc = "The value to compare with `Equal`.",
                .max_length = 63,
                .pattern = kLabelValuePattern},
      kube::Row{.member = "effect", .doc = "The effect that is tolerated; every effect when absent."},
  };
}

constexpr auto field_rules(const Toleration*) {
  return std::array{
      kube::Rule{.rule = "has(self.key) || self.operator == 'Exists'",
                 .message = "a toleration without a key tolerates everything: say so with operator: Exists"},
      kube::Rule{.rule = "!has(self.value) || self.value == '' || self.operator == 'Equal'",
                 .message = "operator Exists takes no value; leave it out or use operator: Equal"},
  };
}

}  // namespace causeway::crds
