#pragma once
// The values that the steps of a Demo hand on to each other.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "crds/demo/demo.hpp"
#include "crds/workload.hpp"
#include "operator/build/spec.hpp"

namespace causeway::op::demo {

// Why a step cannot go on, for people.
struct Blocker {
  crds::DemoStage stage = crds::DemoStage::ConfigError;  // shown when nothing serves
  std::string reason;                                    // of the conditions
  std::string message;
  bool stalled = true;  // false: it passes by itself (something is on its way, a server is down)
  bool absent = false;  // an object it names is not there; what was applied with it may come a moment later
  bool operator==(const Blocker&) const = default;
};

// What an immutable deployment consists of: all that a region runs, but for what belongs to the place (epoch, host) and
// to the moment (replicas, paused).
struct Deployment {
  std::string repository, revision, path, commit;
  std::string build_id;
  std::string image;  // repository@sha256:…
  std::string template_name, template_digest;
  std::map<std::string, std::string> parameters;
  std::vector<std::string> command;
  std::int64_t port = 0;
  crds::Health health;
  std::vector<crds::EnvVar> env;
  std::vector<std::string> secrets;  // names in the Demo's namespace
  crds::Resources resources;
  std::optional<crds::Storage> storage;
  std::vector<std::string> regions;  // where it was meant to run; not part of what it is
  bool operator==(const Deployment&) const = default;
};
BOOST_DESCRIBE_STRUCT(Deployment, (),
                      (repository, revision, path, commit, build_id, image, template_name, template_digest, parameters,
                       command, port, health, env, secrets, resources, storage, regions))

struct DeploymentRecord {
  std::string name;
  std::int64_t revision = 0;  // higher = deployed later
  Deployment content;
  bool operator==(const DeploymentRecord&) const = default;
};

// Resolved: the deployment but for its image, and how to get that. Prebuilt: `build` is empty and the image is set.
struct Inputs {
  Deployment deployment;
  std::optional<build::BuildSpec> build;
};

}  // namespace causeway::op::demo
