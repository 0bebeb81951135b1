#pragma once
// Field rows of ClusterStatus; include cluster.hpp.

#include <array>

#include "crds/cluster/cluster.hpp"

namespace causeway::crds {

constexpr auto field_rows(const PlannedChange*) {
  return std::array{
      kube::Row{.member = "address",
                .doc = "Address of the resource in the module, for example `module.network.aws_vpc.this`.",
                .required = true,
                .max_length = 512},
      kube::Row{.member = "action", .doc = "What would happen to it.", .always = true},
      kube::Row{
          .member = "reason", .doc = "Why, where Terraform says so, for example `cannot_update`.", .max_length = 256},
  };
}

constexpr auto field_rows(const ClusterPlan*) {
  return std::array{
      kube::Row{.member = "id",
                .doc = "SHA-256 of the sorted changes with the state's lineage and serial; what `spec.approvedPlan` "
                       "must say.",
                .required = true,
                .max_length = 71},
      kube::Row{.member = "add", .doc = "Resources to create.", .always = true, .minimum = 0},
      kube::Row{.member = "change", .doc = "Resources to change in place.", .always = true, .minimum = 0},
      kube::Row{.member = "destroy",
                .doc = "Resources to destroy; a replacement counts here and in `add`.",
                .always = true,
                .minimum = 0},
      kube::Row{
          .member = "resources", .doc = "The changes, at most 50; the counts are always complete.", .max_items = 50},
      kube::Row{.member = "created_at", .doc = "When the plan was made.", .format = "date-time"},
  };
}

constexpr auto field_rows(const Diagnostic*) {
  return std::array{
      kube::Row{.member = "severity", .doc = "`Error` or `Warning`.", .always = true},
      kube::Row{.member = "summary", .doc = "What is wrong.", .required = true, .max_length = 1024},
      kube::Row{.member = "detail", .doc = "More of it, without secrets.", .max_length = 4096},
      kube::Row{.member = "address", .doc = "Address of the resource it is about.", .max_length = 512},
  };
}

constexpr auto field_rows(const ClusterRun*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Name of the Job in `status.runNamespace`.", .max_length = 253},
      kube::Row{.member = "operation", .doc = "What the run does.", .always = true},
      kube::Row{.member = "phase", .doc = "How far it is.", .always = true},
      kube::Row{.member = "done", .doc = "Resources finished.", .always = true, .minimum = 0},
      kube::Row{.member = "total", .doc = "Resources to work on.", .always = true, .minimum = 0},
      kube::Row{.member = "current", .doc = "Address of the resource being worked on.", .max_length = 512},
      kube::Row{.member = "started_at", .doc = "When it started.", .format = "date-time"},
      kube::Row{.member = "finished_at", .doc = "When it ended.", .format = "date-time"},
      kube::Row{.member = "diagnostics", .doc = "What Terraform complained about, at most 20.", .max_items = 20},
  };
}

constexpr auto field_rows(const TerraformState*) {
  return std::array{
      kube::Row{.member = "lineage", .doc = "Lineage of the Terraform state.", .max_length = 128},
      kube::Row{.member = "serial", .doc = "Serial of the Terraform state.", .always = true, .minimum = 0},
      kube::Row{.member = "resources", .doc = "Resources in it.", .always = true, .minimum = 0},
  };
}

constexpr auto field_rows(const ClusterGateway*) {
  return std::array{
      kube::Row{.member = "scheme", .doc = "`http` or `https`.", .max_length = 8},
      kube::Row{.member = "domain", .doc = "Host name or address.", .max_length = 253},
      kube::Row{.member = "port", .doc = "TCP port.", .minimum = 0, .maximum = 65535},
  };
}

constexpr auto field_rows(const ClusterAgent*) {
  return std::array{
      kube::Row{.member = "version", .doc = "Version of the region operator.", .max_length = 64},
      kube::Row{.member = "kubernetes_version", .doc = "Kubernetes version of the cluster.", .max_length = 64},
      kube::Row{.member = "uid",
                .doc = "UID of the cluster's namespace kube-system: its identity, bound at the first contact.",
                .max_length = 64},
      kube::Row{.member = "nodes", .doc = "Ready nodes.", .always = true, .minimum = 0},
      kube::Row{.member = "capacity",
                .doc = "What the nodes have together, by resource name.",
                .max_properties = 32,
                .max_value_length = 64},
      kube::Row{.member = "allocatable",
                .doc = "What demos may use of it, by resource name.",
                .max_properties = 32,
                .max_value_length = 64},
  };
}

constexpr auto field_rows(const ClusterCost*) {
  return std::array{
      kube::Row{.member = "hourly", .doc = "Cost in an hour, as a decimal number.", .format = "decimal"},
      kube::Row{.member = "currency", .doc = "ISO 4217 letters.", .max_length = 3},
      kube::Row{.member = "source", .doc = "Where the figure comes from.", .max_length = 64},
  };
}

constexpr auto field_rows(const ClusterStatus*) {
  return std::array{
      kube::Row{.member = "observed_generation",
                .doc = "The `metadata.generation` this status speaks of; -1 before the first visit.",
                .always = true,
                .defaulted = true},
      kube::Row{.member = "phase", .doc = "Where the cluster is in its life.", .always = true, .defaulted = true},
      kube::Row{.member = "message",
                .doc = "What it is doing or waiting for, and what a person should do about it.",
                .max_length = 4096},
      kube::Row{.member = "plan", .doc = "The latest plan; with `approval` in force, the one that waits."},
      kube::Row{.member = "last_run", .doc = "The latest Terraform run, while it runs and after."},
      kube::Row{.member = "state",
                .doc = "Identity of the Terraform state after the last run. A state that goes back stops everything "
                       "with reason StateLost."},
      kube::Row{.member = "endpoint", .doc = "Address of the cluster's API server.", .max_length = 2048},
      kube::Row{.member = "public_ips",
                .doc = "Public addresses of the cluster, at most 16.",
                .json = "publicIPs",
                .max_length = 64,
                .max_items = 16},
      kube::Row{.member = "kubeconfig_ref", .doc = "Secret with the cluster's kubeconfig.", .atomic_map = true},
      kube::Row{.member = "outputs", .doc = "Outputs of the module that are not secret.", .max_properties = 64},
      kube::Row{.member = "gateway", .doc = "Where people's requests to demos in this cluster go in."},
      kube::Row{.member = "run_namespace",
                .doc = "Namespace on the hub with this cluster's Terraform runs and state.",
                .max_length = 63},
      kube::Row{.member = "agent",
                .doc = "What the region operator reports about the cluster. When it was last heard of is in the Lease "
                       "`region` of the cluster's namespace on the hub."},
      kube::Row{.member = "demo_count", .doc = "Demos placed here.", .always = true, .minimum = 0},
      kube::Row{.member = "cost", .doc = "What the cluster costs at the moment."},
      kube::Row{.member = "conditions",
                .doc = "Ready, InfrastructureReady, Planned, Approved, AgentConnected, Drifted, StateHealthy; "
                       "Reconciling while work is under way; Stalled when nothing will happen until a person acts.",
                .max_items = 32,
                .list = kube::ListType::Map,
                .list_key = "type"},
  };
}

}  // namespace causeway::crds
