#pragma once
// The first half of a Demo's way: from its wish to an image, asking git, the Job and the registry where it must.

#include <optional>
#include <stop_token>
#include <string>

#include "operator/demo/build_plan.hpp"
#include "operator/demo/caches.hpp"
#include "operator/demo/effects.hpp"
#include "operator/demo/model.hpp"
#include "operator/demo/registry.hpp"
#include "operator/demo/resolve.hpp"

namespace causeway::op::demo {

// What came of it. Either a blocker, or a build that is not there yet, or the deployment that is wished.
struct Wish {
  std::optional<Blocker> blocker;
  std::optional<BuildDecision> build;
  std::string build_id;
  std::optional<build::JobView> job;
  std::optional<crds::ObjectRef> logs;
  std::optional<Deployment> deployment;  // with its image
  std::optional<base::Duration> again;   // ask again then, though nobody tells
  std::optional<kube::Error> failed;     // the API server did not do as told: come again with back-off
};

class Pipeline {
 public:
  Pipeline(const Caches& caches, Effects& effects, Registry& registry, const Settings& settings,
           const base::Clock& clock)
      : caches_(caches), effects_(effects), registry_(registry), settings_(settings), clock_(clock) {}

  Wish run(const crds::Demo& demo, const std::vector<DeploymentRecord>& records, std::stop_token stop);

 private:
  std::optional<std::string> find_commit(const crds::Demo& demo, const CodeSource& source,
                                         const std::vector<DeploymentRecord>& records, Wish& wish,
                                         std::stop_token stop);
  std::optional<std::string> find_prebuilt(const crds::Demo& demo, Wish& wish, std::stop_token stop);
  void build_image(const crds::Demo& demo, const build::BuildSpec& spec, const std::vector<DeploymentRecord>& records,
                   Wish& wish, std::stop_token stop);
  void keep_log(const crds::Demo& demo, Wish& wish);

  const Caches& caches_;
  Effects& effects_;
  Registry& registry_;
  const Settings& settings_;
  const base::Clock& clock_;
};

}  // namespace causeway::op::demo
