#pragma once
// Immutable deployments as ControllerRevisions in the Demo's namespace. Pure.

#include <optional>
#include <string>
#include <vector>

#include "crds/demo/demo.hpp"
#include "kube/core/object.hpp"
#include "operator/demo/model.hpp"

namespace causeway::op::demo {

inline constexpr std::size_t kMaxRecords = 20;

// "<demo>-<10 hexadecimal digits of the content>": the same content is the same deployment.
std::string record_name(const std::string& demo_name, const Deployment& content);

// Owned by the Demo, so that it goes with it.
kube::Object to_object(const DeploymentRecord& record, const crds::Demo& demo);
std::optional<DeploymentRecord> from_object(const kube::Object& object);  // nullopt: not one of ours

const DeploymentRecord* find_record(const std::vector<DeploymentRecord>& records, const std::string& name);
std::int64_t next_revision(const std::vector<DeploymentRecord>& records);

// Names beyond the newest kMaxRecords, never one of `in_use`.
std::vector<std::string> records_to_prune(std::vector<DeploymentRecord> records,
                                          const std::vector<std::string>& in_use);

}  // namespace causeway::op::demo
