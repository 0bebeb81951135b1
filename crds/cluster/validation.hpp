#pragma once
// What a Cluster must satisfy, as pure functions: the admission server, the operator and the API server call the same.
//
// validate() checks all the CRD's schema checks, and what a schema cannot: known providers, overlapping networks.

#include <array>
#include <span>
#include <string_view>

#include "crds/cluster/cluster.hpp"
#include "crds/field_error.hpp"

namespace causeway::crds {

// The folders of terraform-modules/ that have a `cluster` module.
inline constexpr std::array<std::string_view, 5> kProviders{"tencentcloud", "alicloud", "aws", "ssh", "local"};

// Empty: nothing is wrong. An installation with modules of its own passes their names too.
FieldErrors validate(const Cluster& cluster, std::span<const std::string_view> providers = kProviders);
// What may not change between two versions of one object; validate(after) separately.
FieldErrors validate_update(const Cluster& before, const Cluster& after);
// Fills in what the CRD's defaults cannot express: spec.protected by provider. Idempotent.
void set_defaults(Cluster& cluster);

}  // namespace causeway::crds
