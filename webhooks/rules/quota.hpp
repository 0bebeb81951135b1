#pragma once
// What a tenant's demos may ask for together: the ResourceQuotas of its namespace on the hub (requests.cpu,
// requests.memory, requests.nvidia.com/gpu, or cpu and memory), counted over demos, which run elsewhere. How many
// objects there may be (count/demos.causeway.dev) the API server counts by itself.
//
// A demo counts with every copy it may have: scaling.max in each of placement.clusterCount clusters; a paused one with
// none. Demos written at the same moment do not see each other: a region's own quota is the last word.

#include <functional>
#include <memory>

#include "webhooks/rules/observed.hpp"
#include "webhooks/rules/verdict.hpp"

namespace causeway::webhooks {

// Refuses what is above a limit and more than the Demo had before. `template_of` gives the template a Demo means, or
// null.
using TemplateOf = std::function<std::shared_ptr<const crds::ImageTemplate>(const crds::Demo&)>;
void check_quota(const crds::Demo* before, const crds::Demo& now, const Pointers<crds::Demo>& in_namespace,
                 const Pointers<kube::Object>& quotas, const TemplateOf& template_of, Verdict& verdict);

}  // namespace causeway::webhooks
