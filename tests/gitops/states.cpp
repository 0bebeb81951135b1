#include "tests/gitops/states.hpp"

namespace causeway::gitops {

kube::Object as_created(kube::Object object) {
  kube::set_at(object, "status.observedGeneration", -1);
  return object;
}

std::vector<State> all_states() {
  std::vector<State> all;
  for (auto* states : {&cluster_states, &demo_states, &image_template_states, &repo_states}) {
    for (auto& state : (*states)()) all.push_back(std::move(state));
  }
  return all;
}

}  // namespace causeway::gitops
