#pragma once
// Field rows of crds/references.hpp; include that.

#include <array>
#include <string_view>

#include "crds/references.hpp"
#include "kube/core/schema.hpp"

namespace causeway::crds {

// RFC 1123: names of most Kubernetes objects, and of things that become part of a host name.
inline constexpr std::string_view kSubdomainPattern =
    R"(^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)";
inline constexpr std::string_view kLabelPattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
inline constexpr std::string_view kAccountPattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

constexpr auto field_rows(const ObjectRef*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of the object.",
                .required = true,
                .min_length = 1,
                .max_length = 253,
                .pattern = kSubdomainPattern},
      kube::Row{.member = "namespace_",
                .doc = "Namespace of the object; the referring object's own when absent.",
                .max_length = 63,
                .pattern = kLabelPattern},
  };
}

constexpr auto field_rows(const SecretRef*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of a Secret in the same namespace.",
                .required = true,
                .min_length = 1,
                .max_length = 253,
                .pattern = kSubdomainPattern},
  };
}

constexpr auto field_rows(const KubeconfigRef*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of a Secret in the same namespace.",
                .required = true,
                .min_length = 1,
                .max_length = 253,
                .pattern = kSubdomainPattern},
      kube::Row{.member = "key",
                .doc = "Which entry of the Secret holds the kubeconfig file.",
                .defaulted = true,
                .min_length = 1,
                .max_length = 253,
                .pattern = "^[-._a-zA-Z0-9]+$"},
  };
}

}  // namespace causeway::crds
