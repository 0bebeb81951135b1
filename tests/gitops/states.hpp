#pragma once
// An object of every kind in every state that GitOps tools tell apart, made by the operator's own status functions.

#include <string>
#include <vector>

#include "kube/core/object.hpp"

namespace causeway::gitops {

struct State {
  std::string name;     // of the state: "demo-paused"
  std::string kstatus;  // what kstatus makes of it: InProgress, Current, Failed, Terminating
  std::string argo_cd;  // what manifests/gitops/argocd makes of it: Progressing, Healthy, Degraded, Suspended
  kube::Object object;
};

// As the API server keeps an object that nobody has looked at: with the CRD's default for its status.
kube::Object as_created(kube::Object object);

std::vector<State> all_states();
std::vector<State> cluster_states();
std::vector<State> demo_states();
std::vector<State> image_template_states();
std::vector<State> repo_states();

}  // namespace causeway::gitops
