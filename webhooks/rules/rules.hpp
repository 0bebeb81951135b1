#pragma once
// Validation of the four kinds: what crds/ says of one object, and what only other objects can tell. Pure functions of
// the objects and of what is observed.
//
// What arrives in any order (GitOps applies a Demo before its Repo) is a warning, not a refusal, unless no order makes
// it right. `before` is null for a new object.

#include "webhooks/rules/observed.hpp"
#include "webhooks/rules/verdict.hpp"

namespace causeway::webhooks {

Verdict judge_cluster(const crds::Cluster* before, const crds::Cluster& now);
// Refused while Demos are placed there, or are pinned to where no other Cluster is. `spec.protected` is the policy's
// (manifests/base/cluster-policies.yaml): it holds without the webhook too.
Verdict judge_cluster_deletion(const crds::Cluster& cluster, const Observed& observed);

Verdict judge_demo(const crds::Demo* before, const crds::Demo& now, const Observed& observed);

Verdict judge_template(const crds::ImageTemplate* before, const crds::ImageTemplate& now, const Observed& observed);
Verdict judge_template_deletion(const crds::ImageTemplate& image_template, const Observed& observed);

Verdict judge_repo(const crds::Repo* before, const crds::Repo& now, const Observed& observed);
Verdict judge_repo_deletion(const crds::Repo& repo, const Observed& observed);

}  // namespace causeway::webhooks
