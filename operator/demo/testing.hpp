#pragma once
// Objects for the tests of this folder.

#include <string>

#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "operator/demo/model.hpp"

namespace causeway::op::demo::testing {

inline crds::Cluster cluster(const std::string& region, bool ready = true, const std::string& ns = "causeway-system") {
  crds::Cluster c;
  c.metadata.name = region;
  c.metadata.namespace_ = ns;
  c.metadata.uid = region + "-uid0000";  // its first eight characters tell regions apart
  c.spec.source.terraform = crds::TerraformSource{.provider = "local", .region = region, .zones = {}};
  c.status.phase = ready ? crds::ClusterPhase::Ready : crds::ClusterPhase::Provisioning;
  if (ready)
    kube::set_condition(c.status.conditions,
                        {.type = "Ready",
                         .status = "True",
                         .observed_generation = 0,
                         .last_transition_time = {},
                         .reason = "Ready",
                         .message = {}},
                        base::WallTime{});
  c.status.outputs["gateway"] = boost::json::object{{"address", "10.0.0." + region.substr(region.size() - 1)}};
  return c;
}

inline crds::Demo demo() {
  crds::Demo d;
  d.metadata.name = "digits";
  d.metadata.namespace_ = "u-ada";
  d.metadata.uid = "demo-uid";
  d.metadata.generation = 1;
  d.spec.repo_ref = crds::ObjectRef{"digits", "u-ada"};
  d.spec.template_ref = crds::TemplateRef{.family = "python", .version = {}, .namespace_ = {}};
  return d;
}

inline DeploymentRecord record(const std::string& name = "digits-1", const std::string& commit = std::string(40, 'a')) {
  DeploymentRecord r;
  r.name = name;
  r.revision = 1;
  r.content.commit = commit;
  r.content.build_id = "b-" + name;
  r.content.image = "registry/u-ada/digits@sha256:" + name;
  r.content.port = 8080;
  return r;
}

// As a region reports: everything asked for is there and answers.
inline void report_running(crds::Assignment& a) {
  a.status.observed_epoch = a.spec.epoch;
  a.status.observed_generation = a.metadata.generation;
  a.status.stage = crds::AssignmentStage::Running;
  a.status.ready = true;
  a.status.ready_replicas = a.status.replicas = 1;
  a.status.deployment = a.spec.deployment;
  a.status.reason.clear();
  a.status.message.clear();
}

inline void report_absent(crds::Assignment& a) {
  a.status.observed_epoch = a.spec.epoch;
  a.status.observed_generation = a.metadata.generation;
  a.status.stage = crds::AssignmentStage::Absent;
  a.status.ready = false;
}

}  // namespace causeway::op::demo::testing
