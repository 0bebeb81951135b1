#pragma once
// Field rows of crds/assignment/assignment.hpp; include that.

#include <array>

#include "crds/assignment/assignment.hpp"
#include "crds/references.hpp"

namespace causeway::crds {

constexpr auto field_rows(const DemoRef*) {
  return std::array{
      kube::Row{.member = "namespace_", .doc = "Namespace of the Demo on the hub.", .required = true, .max_length = 63},
      kube::Row{.member = "name", .doc = "Name of the Demo.", .required = true, .max_length = 253},
      kube::Row{.member = "uid",
                .doc = "UID of the Demo: one of the same name made later is another.",
                .required = true,
                .max_length = 64},
  };
}

constexpr auto field_rows(const HashedSecretRef*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of the Secret, beside this object.",
                .required = true,
                .min_length = 1,
                .max_length = 253,
                .pattern = kSubdomainPattern},
      kube::Row{.member = "hash", .doc = "Hash of its content; a change replaces the pods.", .max_length = 71},
  };
}

constexpr auto field_rows(const AssignmentSpec*) {
  return std::array{
      kube::Row{.member = "demo_ref",
                .doc = "The Demo on the hub this belongs to.",
                .required = true,
                .immutable = true,
                .atomic_map = true},
      kube::Row{.member = "epoch",
                .doc = "Higher on every move of the Demo; a region ignores what is older than what it has seen.",
                .required = true,
                .minimum = 0},
      kube::Row{.member = "desired",
                .doc = "`Running`, or `Absent`: only then does the region remove the workload.",
                .always = true,
                .defaulted = true},
      kube::Row{.member = "tenant_namespace",
                .doc = "Namespace in the region that the workload runs in.",
                .required = true,
                .min_length = 1,
                .max_length = 63,
                .pattern = kLabelPattern},
      kube::Row{.member = "owner", .doc = "Account the tenant namespace belongs to.", .max_length = 63},
      kube::Row{.member = "hosts",
                .doc = "Host names the workload answers to.",
                .min_length = 1,
                .max_length = 253,
                .max_items = 16,
                .list = kube::ListType::Set},
      kube::Row{.member = "deployment",
                .doc = "Name of the deployment record on the hub that this came from.",
                .max_length = 253},
      kube::Row{.member = "revision", .doc = "Commit the image was built from.", .max_length = 255},
      kube::Row{.member = "image",
                .doc = "Image by digest, for example `registry.causeway.internal/u-ada/digits@sha256:…`.",
                .required = true,
                .max_length = 512,
                .pattern = R"(^[^\s@]+@sha256:[a-f0-9]{64}$)"},
      kube::Row{.member = "command",
                .doc = "Start command; the image's own when absent.",
                .max_length = 4096,
                .max_items = 64},
      kube::Row{.member = "args",
                .doc = "Arguments of the start command; the image's own when absent.",
                .max_length = 4096,
                .max_items = 64},
      kube::Row{.member = "port",
                .doc = "TCP port the application listens on.",
                .always = true,
                .defaulted = true,
                .minimum = 1,
                .maximum = 65535},
      kube::Row{.member = "health", .doc = "How to tell that the application is ready."},
      kube::Row{.member = "env",
                .doc = "Environment variables.",
                .max_items = 256,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "env_from",
                .doc = "Secrets beside this object whose entries become environment variables.",
                .max_items = 32,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "resources", .doc = "What each copy is given."},
      kube::Row{.member = "storage", .doc = "A volume that outlives the pods."},
      kube::Row{.member = "replicas",
                .doc = "Copies to run; 0 sleeps.",
                .always = true,
                .defaulted = true,
                .minimum = 0,
                .maximum = 100},
      kube::Row{.member = "isolation",
                .doc = "`Sandboxed` runs under the cluster's sandboxed RuntimeClass.",
                .defaulted = true},
      kube::Row{.member = "rollout", .doc = "How a new version replaces the old one.", .defaulted = true},
      kube::Row{.member = "paused", .doc = "Whether the workload is scaled to zero by its owner's wish."},
      kube::Row{.member = "restarted_at", .doc = "Pods older than this are replaced.", .format = "date-time"},
  };
}

constexpr auto field_rules(const AssignmentSpec*) {
  return std::array{
      kube::Rule{.rule = "self.epoch >= oldSelf.epoch",
                 .message = "epoch never goes back: a region would ignore the assignment",
                 .field_path = ".epoch"},
  };
}

constexpr auto field_rows(const AssignmentStatus*) {
  return std::array{
      kube::Row{.member = "observed_epoch", .doc = "The epoch this status speaks of.", .always = true, .minimum = 0},
      kube::Row{.member = "observed_generation",
                .doc = "The `metadata.generation` this status speaks of; -1 before the first visit.",
                .always = true,
                .defaulted = true},
      kube::Row{.member = "stage", .doc = "Where the workload is.", .always = true, .defaulted = true},
      kube::Row{.member = "ready", .doc = "Whether requests are answered.", .always = true},
      kube::Row{.member = "ready_replicas", .doc = "Copies that answer.", .always = true, .minimum = 0},
      kube::Row{.member = "replicas", .doc = "Copies that exist.", .always = true, .minimum = 0},
      kube::Row{.member = "deployment",
                .doc = "Name of the deployment record that serves now; not the spec's while the new one starts.",
                .max_length = 253},
      kube::Row{.member = "reason", .doc = "One CamelCase word for the stage.", .max_length = 128},
      kube::Row{.member = "message", .doc = "What is wrong, and what would put it right.", .max_length = 4096},
      kube::Row{.member = "conditions",
                .doc = "Ready, Reconciling, Stalled.",
                .max_items = 16,
                .list = kube::ListType::Map,
                .list_key = "type"},
  };
}

constexpr auto field_rows(const Assignment*) {
  return std::array{
      kube::Row{.member = "metadata", .doc = "Standard object metadata.", .max_length = 63},
      kube::Row{.member = "spec", .doc = "What the hub asks of the region.", .required = true},
      kube::Row{.member = "status", .doc = "What the region reports.", .defaulted = true},
  };
}

}  // namespace causeway::crds
