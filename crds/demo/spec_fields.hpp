#pragma once
// Field rows of DemoSpec; include demo.hpp.

#include <array>

#include "crds/demo/demo.hpp"

namespace causeway::crds {

constexpr auto field_rows(const GitSource*) {
  return std::array{
      kube::Row{.member = "url",
                .doc = "Address of a git repository elsewhere, for example `https://github.com/owner/name`.",
                .required = true,
                .min_length = 1,
                .max_length = 2048,
                .pattern = R"(^https?://[^\s]+$)"},
      kube::Row{.member = "credentials_ref",
                .doc = "Secret in this namespace with `username` and `password` (or a token), for repositories that "
                       "are not public.",
                .atomic_map = true},
  };
}

constexpr auto field_rows(const DemoSource*) {
  return std::array{
      kube::Row{.member = "git", .doc = "A git repository that this platform does not host.", .required = true},
  };
}

constexpr auto field_rows(const TemplateRef*) {
  return std::array{
      kube::Row{.member = "family",
                .doc = "Family of the template, for example `python`.",
                .required = true,
                .min_length = 1,
                .max_length = 50,
                .pattern = kLabelPattern},
      kube::Row{.member = "version",
                .doc = "Version of the template. When absent, the latest at the time of each build.",
                .minimum = 1,
                .maximum = 999999},
      kube::Row{.member = "namespace_",
                .doc = "Namespace of the template; when absent the Demo's own, then the catalogue in "
                       "`causeway-system`.",
                .max_length = 63,
                .pattern = kLabelPattern},
  };
}

constexpr auto field_rows(const DemoBuild*) {
  return std::array{
      kube::Row{.member = "mode",
                .doc = "`Template`: the template's Dockerfile. `Dockerfile`: the repository's own. `Prebuilt`: `image` "
                       "as it is. When absent, what `image` and `templateRef` imply."},
      kube::Row{.member = "args",
                .doc = "Build arguments (Dockerfile `ARG`s) beyond the template's parameters.",
                .max_properties = 64,
                .max_value_length = 4096},
      kube::Row{.member = "timeout",
                .doc = "Longest time a build may take, for example `45m`.",
                .defaulted = true,
                .format = "duration"},
  };
}

constexpr auto field_rows(const ModelMount*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of the mount, unique in the Demo.",
                .required = true,
                .min_length = 1,
                .max_length = 63,
                .pattern = kLabelPattern},
      kube::Row{.member = "repo_ref", .doc = "The Repo that holds the weights.", .required = true, .atomic_map = true},
      kube::Row{.member = "revision",
                .doc = "Branch, tag or commit of it.",
                .defaulted = true,
                .min_length = 1,
                .max_length = 255},
      kube::Row{.member = "mount_path",
                .doc = "Absolute path in the container at which the files appear, read-only, for example `/models/a`.",
                .required = true,
                .min_length = 2,
                .max_length = 255,
                .pattern = "^/[^:]+$"},
  };
}

constexpr auto field_rows(const Failover*) {
  return std::array{
      kube::Row{.member = "enabled",
                .doc = "Whether the Demo moves to another cluster when its own is lost.",
                .defaulted = true},
      kube::Row{.member = "after",
                .doc = "How long a cluster has to be away before its demos move.",
                .defaulted = true,
                .format = "duration"},
      kube::Row{.member = "allow_data_loss",
                .doc = "Whether a Demo with `storage` may move too, leaving its volume behind. Default: false."},
  };
}

constexpr auto field_rows(const Placement*) {
  return std::array{
      kube::Row{.member = "regions",
                .doc = "Regions the Demo may run in, in the cloud's own words, for example `ap-guangzhou`; a cluster "
                       "that no cloud made is a region by its own name. Every region when absent.",
                .min_length = 1,
                .max_length = 63,
                .max_items = 32,
                .pattern = kLabelPattern,
                .list = kube::ListType::Set},
      kube::Row{.member = "providers",
                .doc = "Clouds the Demo may run in, for example `tencentcloud`. Every cloud when absent.",
                .min_length = 1,
                .max_length = 63,
                .max_items = 16,
                .pattern = kLabelPattern,
                .list = kube::ListType::Set},
      kube::Row{.member = "cluster_selector",
                .doc = "Labels that a Cluster must carry, for example `matchLabels: {tier: edge}`.",
                .atomic_map = true},
      kube::Row{.member = "cluster_count",
                .doc = "In how many clusters the Demo runs at the same time; more than 1 makes it a multi-region demo, "
                       "with people sent to the nearest.",
                .defaulted = true,
                .minimum = 1,
                .maximum = 32},
      kube::Row{.member = "strategy",
                .doc = "How to choose among clusters that qualify. `Cheapest`: by price. `Spread`: as far apart as "
                       "possible, over clouds, then regions, then zones. `Pinned`: never moves by itself, not even to "
                       "something better.",
                .defaulted = true},
      kube::Row{.member = "tolerations", .doc = "Taints of Clusters that do not keep this Demo away.", .max_items = 16},
      kube::Row{.member = "failover", .doc = "What happens when a cluster is lost.", .defaulted = true},
  };
}

constexpr auto field_rules(const Placement*) {
  return std::array{
      kube::Rule{.rule = "self.strategy != 'Pinned' || has(self.regions) || has(self.clusterSelector)",
                 .message = "strategy Pinned needs regions or clusterSelector to say where",
                 .field_path = ".strategy"},
  };
}

constexpr auto field_rows(const Scaling*) {
  return std::array{
      kube::Row{.member = "min",
                .doc = "Fewest copies in each cluster. With 0 the Demo sleeps when nobody uses it, and wakes on the "
                       "first request.",
                .always = true,
                .defaulted = true,
                .minimum = 0,
                .maximum = 100},
      kube::Row{.member = "max",
                .doc = "Most copies in each cluster.",
                .always = true,
                .defaulted = true,
                .minimum = 1,
                .maximum = 100},
      kube::Row{.member = "metric",
                .doc = "What decides between `min` and `max`: `Requests` per second for each copy, or `CPU` in percent "
                       "of what a copy asked for.",
                .defaulted = true},
      kube::Row{.member = "target",
                .doc = "The value of the metric to hold. Default: 20 requests per second, or 70 percent.",
                .minimum = 1,
                .maximum = 1000000},
      kube::Row{.member = "idle_timeout",
                .doc = "With `min: 0`: how long without a request or an open connection until the Demo sleeps.",
                .defaulted = true,
                .format = "duration"},
  };
}

constexpr auto field_rules(const Scaling*) {
  return std::array{
      kube::Rule{.rule = "self.min <= self.max", .message = "min may not be more than max", .field_path = ".min"},
  };
}

constexpr auto field_rows(const DemoSpec*) {
  return std::array{
      kube::Row{.member = "repo_ref",
                .doc = "The Repo with the code, hosted by this platform. One of `repoRef`, `source` and `image` is "
                       "needed.",
                .atomic_map = true},
      kube::Row{.member = "source", .doc = "The code, where this platform does not host it."},
      kube::Row{.member = "image",
                .doc = "A finished image, run as it is, for example `registry.example.org/team/app:1.4`. The digest "
                       "behind a tag is looked up once for each deployment.",
                .min_length = 1,
                .max_length = 512,
                .pattern = R"(^[a-z0-9][^\s]*$)"},
      kube::Row{.member = "revision",
                .doc = "Branch, tag or commit to build. With a branch, and `autoDeploy`, each push deploys. Default: "
                       "the repository's default branch.",
                .min_length = 1,
                .max_length = 255,
                .pattern = R"(^[A-Za-z0-9][A-Za-z0-9._/+-]*$)",
                .example = R"("main")"},
      kube::Row{.member = "path",
                .doc = "Folder of the repository that is the application, for example `apps/digits`. Default: its "
                       "root.",
                .max_length = 1024,
                .pattern = R"(^[^/\s][^\s]*$)"},
      kube::Row{.member = "template_ref",
                .doc = "The ImageTemplate that turns the code into an image. Without it the repository needs a "
                       "Dockerfile of its own.",
                .atomic_map = true},
      kube::Row{.member = "build", .doc = "How the image is built.", .defaulted = true},
      kube::Row{.member = "models",
                .doc = "Weights beside the code, read-only, from the region's cache. Changing one redeploys without a "
                       "build.",
                .max_items = 16,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "parameters",
                .doc = "Values of the template's parameters, by name, for example `PYTHON_VERSION: \"3.12\"`.",
                .max_properties = 64,
                .max_value_length = 4096},
      kube::Row{.member = "env",
                .doc = "Environment variables of the application.",
                .max_items = 128,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "secret_refs",
                .doc = "Secrets in this namespace whose entries become environment variables. A changed Secret "
                       "restarts the application.",
                .max_items = 16,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "port",
                .doc = "TCP port the application listens on, on all addresses. Default: the template's, else 7860.",
                .minimum = 1,
                .maximum = 65535},
      kube::Row{.member = "health",
                .doc = "How to tell that the application is ready. A Demo is `Running` only once this has answered."},
      kube::Row{.member = "resources",
                .doc = "What each copy is given. Default: the template's, else half a core and 512Mi."},
      kube::Row{.member = "storage",
                .doc = "A volume that outlives the pods. A Demo with one runs in one cluster and does not fail over "
                       "unless `placement.failover.allowDataLoss`. The volume goes with the Demo, or when the Demo "
                       "leaves its cluster."},
      kube::Row{.member = "placement", .doc = "Where the Demo runs.", .defaulted = true},
      kube::Row{.member = "scaling", .doc = "How many copies run in each cluster.", .defaulted = true},
      kube::Row{.member = "visibility",
                .doc = "`Public`: everybody may use the application and see the code. `Protected`: everybody may use "
                       "it, the code is private. `Private`: members only.",
                .defaulted = true},
      kube::Row{.member = "hostnames",
                .doc = "Host names of your own, for example `digits.example.org`; each is served once a TXT record "
                       "proves that it is yours.",
                .min_length = 1,
                .max_length = 253,
                .max_items = 8,
                .pattern = kSubdomainPattern,
                .list = kube::ListType::Set},
      kube::Row{.member = "auto_deploy",
                .doc = "Whether a push to `revision` builds and deploys by itself.",
                .defaulted = true},
      kube::Row{.member = "rollout",
                .doc = "How a new version replaces the old one. `Rolling`: the old one serves until the new one "
                       "answers. `Recreate`: the old one ends first. `Canary`: the new one gets a growing share.",
                .defaulted = true},
      kube::Row{.member = "rollback_to",
                .doc = "Name of an earlier deployment to return to, image and parameters alike. While it is set, "
                       "pushes do not deploy.",
                .max_length = 253,
                .pattern = kSubdomainPattern},
      kube::Row{.member = "paused",
                .doc = "Whether the Demo is stopped until you say otherwise; its address tells so. Default: false."},
      kube::Row{.member = "restarted_at",
                .doc = "Set to the present time to restart the application without a change.",
                .format = "date-time",
                .example = R"("2026-11-24T10:00:00Z")"},
      kube::Row{.member = "exclusive",
                .doc = "Whether two copies must never run at the same time, not even during a deployment or a "
                       "failover; then it takes longer to come back. Default: false."},
  };
}

constexpr auto field_rules(const DemoSpec*) {
  return std::array{
      kube::Rule{.rule = "[has(self.repoRef), has(self.source), has(self.image)].filter(x, x).size() == 1",
                 .message = "exactly one of repoRef, source and image says what to run"},
      kube::Rule{.rule = "!has(self.image) || (!has(self.templateRef) && !has(self.revision) && !has(self.path))",
                 .message = "image is run as it is: templateRef, revision and path are for what is built; remove them "
                            "or name a repository instead of an image"},
      kube::Rule{.rule = "!has(self.build.mode) || (self.build.mode == 'Prebuilt') == has(self.image)",
                 .message = "mode Prebuilt goes with image, and image with no other mode; leaving mode out is enough",
                 .field_path = ".build.mode"},
      kube::Rule{.rule = "!has(self.build.mode) || self.build.mode != 'Template' || has(self.templateRef)",
                 .message = "mode Template needs templateRef, for example {family: python}",
                 .field_path = ".build.mode"},
      kube::Rule{.rule = "!has(self.storage) || self.placement.clusterCount == 1",
                 .message = "a Demo with storage runs in one cluster: set clusterCount to 1 or remove storage",
                 .field_path = ".placement.clusterCount"},
      kube::Rule{.rule = "!has(self.exclusive) || !self.exclusive || "
                         "(self.placement.clusterCount == 1 && self.scaling.max == 1)",
                 .message = "an exclusive Demo is one copy in one cluster: placement.clusterCount and scaling.max "
                            "must be 1",
                 .field_path = ".exclusive"},
  };
}

constexpr auto field_rows(const Demo*) {
  return std::array{
      kube::Row{.member = "metadata", .doc = "Standard object metadata.", .max_length = 60},
      kube::Row{.member = "spec", .doc = "What to run, and where.", .required = true},
      kube::Row{.member = "status", .doc = "What runs, as Causeway last saw it.", .defaulted = true},
  };
}

constexpr auto field_rules(const Demo*) {
  return std::array{
      kube::Rule{.rule = "!self.metadata.name.contains('--') && !self.metadata.name.contains('.')",
                 .message = "metadata.name becomes part of the host name <demo>--<owner>: no dots and no \"--\""},
  };
}

}  // namespace causeway::crds
