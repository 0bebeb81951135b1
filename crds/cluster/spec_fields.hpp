#pragma once
// Field rows of ClusterSpec and its policies; include cluster.hpp.

#include <array>

#include "crds/cluster/cluster.hpp"

namespace causeway::crds {

constexpr auto field_rows(const ClusterEndpoint*) {
  return std::array{
      kube::Row{.member = "public_",
                .doc = "Whether the API server of the cluster can be reached from the internet. Regions dial the hub, "
                       "so a private one works; only the first installation needs a way in.",
                .defaulted = true},
      kube::Row{.member = "allowed_cidrs",
                .doc = "Address ranges that may reach a public endpoint, for example `203.0.113.0/24`; every address "
                       "when absent.",
                .json = "allowedCIDRs",
                .max_items = 64,
                .format = "cidr",
                .list = kube::ListType::Set},
  };
}

constexpr auto field_rows(const Budget*) {
  return std::array{
      kube::Row{.member = "hourly",
                .doc = "The most the cluster may cost in an hour, as a decimal number, for example `\"1.50\"`.",
                .required = true,
                .format = "decimal"},
      kube::Row{.member = "currency",
                .doc = "Currency of `hourly` as its three ISO 4217 letters.",
                .defaulted = true,
                .pattern = "^[A-Z]{3}$"},
      kube::Row{.member = "on_exceed",
                .doc = "What happens above it: `Warn` sets a condition and an event, `StopSpot` also buys no more spot "
                       "nodes, `Suspend` also takes no new demos.",
                .defaulted = true},
  };
}

constexpr auto field_rows(const VariablesSource*) {
  return std::array{
      kube::Row{.member = "kind", .doc = "`Secret` or `ConfigMap`, in this namespace.", .defaulted = true},
      kube::Row{.member = "name",
                .doc = "Its name.",
                .required = true,
                .min_length = 1,
                .max_length = 253,
                .pattern = kSubdomainPattern},
      kube::Row{.member = "keys",
                .doc = "Which entries become variables; all when absent.",
                .min_length = 1,
                .max_length = 253,
                .max_items = 64,
                .list = kube::ListType::Set},
      kube::Row{.member = "optional",
                .doc = "Whether the run goes on without it when it does not exist. Default: false."},
  };
}

constexpr auto field_rows(const TerraformTimeouts*) {
  return std::array{
      kube::Row{.member = "plan", .doc = "Longest time for a plan.", .defaulted = true, .format = "duration"},
      kube::Row{.member = "apply", .doc = "Longest time for an apply.", .defaulted = true, .format = "duration"},
      kube::Row{.member = "destroy", .doc = "Longest time for a destroy.", .defaulted = true, .format = "duration"},
  };
}

constexpr auto field_rows(const TerraformSettings*) {
  return std::array{
      kube::Row{.member = "variables",
                .doc = "More input variables of the provider's cluster module, by name, with values of any type. They "
                       "win over `variablesFrom`. What the spec has a field for is set there, not here.",
                .max_properties = 64},
      kube::Row{.member = "variables_from",
                .doc = "Secrets and ConfigMaps whose entries become input variables; later ones win.",
                .max_items = 16},
      kube::Row{.member = "drift_interval",
                .doc = "How often the cloud is compared with the state, for example `30m`; `0s` turns it off.",
                .defaulted = true,
                .format = "duration"},
      kube::Row{.member = "drift_policy",
                .doc = "What happens when somebody changed the cloud behind Terraform's back: `Report` sets the "
                       "condition Drifted, `Correct` applies again (subject to `approval`).",
                .defaulted = true},
      kube::Row{.member = "timeouts",
                .doc = "How long each kind of run may take; after that it is interrupted so that state is kept.",
                .defaulted = true},
  };
}

constexpr auto field_rows(const ClusterSpec*) {
  return std::array{
      kube::Row{.member = "role",
                .doc = "`User` clusters run demos. `Management` clusters belong to the platform (builds, data, logs) "
                       "and take demos only where nothing else is allowed to.",
                .defaulted = true,
                .immutable = true},
      kube::Row{.member = "source",
                .doc = "Where the cluster comes from; exactly one of its members.",
                .required = true,
                .immutable = true},
      kube::Row{.member = "connection",
                .doc = "How hub and region meet. `Pull`: the region dials the hub on port 443, so it may sit behind "
                       "NAT. `Push`: the hub dials the region's API server, for hubs that cannot be reached.",
                .defaulted = true},
      kube::Row{.member = "credentials_ref",
                .doc = "Secret in this namespace with the provider's own environment variables, for example "
                       "`TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`. It is copied to where Terraform runs, "
                       "so that the cluster can still be destroyed when the namespace is gone.",
                .atomic_map = true},
      kube::Row{.member = "kubernetes_version",
                .doc = "Kubernetes version as the cloud offers it, for example `1.32`; the module's default when "
                       "absent. Raising it upgrades the cluster.",
                .max_length = 32,
                .pattern = R"(^v?[0-9]+\.[0-9]+(\.[0-9]+)?([-+][0-9A-Za-z.-]+)?$)"},
      kube::Row{.member = "network",
                .doc = "Address ranges, where the module's defaults do not fit your networks.",
                .immutable = true},
      kube::Row{.member = "node_pools",
                .doc = "Groups of equal nodes; one small Standard pool of the module's choice when absent.",
                .max_items = 16,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "cloud_services",
                .doc = "What else the cloud should provide beside the cluster, in the same network."},
      kube::Row{.member = "endpoint", .doc = "Who can reach the cluster's API server.", .defaulted = true},
      kube::Row{.member = "isolation",
                .doc = "`Sandboxed`: demos run under the cluster's sandboxed RuntimeClass (for example gVisor), for "
                       "code nobody has looked at. `Standard`: ordinary containers with restricted rights.",
                .defaulted = true},
      kube::Row{.member = "budget", .doc = "What the cluster may cost; no limit when absent."},
      kube::Row{.member = "terraform", .doc = "How Terraform runs; only for `source.terraform`.", .defaulted = true},
      kube::Row{.member = "approval",
                .doc = "Which plans wait for a person. `NonDestructive`: those that destroy or replace anything. "
                       "`Auto`: none. `Manual`: all. A plan that waits shows its id in `status.plan`.",
                .defaulted = true},
      kube::Row{.member = "approved_plan",
                .doc = "Id of the plan that may be applied, copied from `status.plan.id`. Setting it needs the RBAC "
                       "verb `approve` on clusters. A plan made on another state has another id.",
                .max_length = 71,
                .pattern = "^(sha256:)?[a-f0-9]{64}$"},
      kube::Row{.member = "deletion_policy",
                .doc = "What deleting this object does to the cloud: `Destroy` removes everything Terraform made, "
                       "`Retain` leaves it. May be changed while the deletion runs.",
                .defaulted = true},
      kube::Row{.member = "protected_",
                .doc = "Whether deletion is refused unless the annotation `causeway.dev/confirm-destroy` holds the "
                       "Cluster's name. Default: true, but false for provider `local`."},
      kube::Row{.member = "schedulable",
                .doc = "Whether new demos may be placed here; those that run stay. Like cordoning a node.",
                .defaulted = true},
      kube::Row{
          .member = "taints", .doc = "Keeps away demos whose `placement.tolerations` do not name it.", .max_items = 16},
      kube::Row{.member = "suspend",
                .doc = "Whether Causeway leaves this cluster alone: no runs, no drift checks. Demos there go on. "
                       "Default: false."},
      kube::Row{.member = "accepted",
                .doc = "For clusters that joined by themselves (`causeway join`): whether they may take demos. Setting "
                       "it needs the RBAC verb `accept` on clusters. Default: false."},
      kube::Row{.member = "description", .doc = "What people should know about it.", .max_length = 1024},
  };
}

constexpr auto field_rules(const ClusterSpec*) {
  return std::array{
      kube::Rule{.rule = "has(self.source.terraform) || (!has(self.network) && !has(self.nodePools) && "
                         "!has(self.cloudServices) && !has(self.credentialsRef))",
                 .message = "network, nodePools, cloudServices and credentialsRef are for clusters that Terraform "
                            "makes (source.terraform); remove them for a cluster that exists already"},
  };
}

constexpr auto field_rows(const Cluster*) {
  return std::array{
      kube::Row{.member = "metadata", .doc = "Standard object metadata.", .max_length = 63},
      kube::Row{.member = "spec", .doc = "What the cluster should be.", .required = true},
      kube::Row{.member = "status", .doc = "What the cluster is, as Causeway last saw it.", .defaulted = true},
  };
}

}  // namespace causeway::crds
