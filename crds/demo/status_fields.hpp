#pragma once
// Field rows of DemoStatus; include demo.hpp.

#include <array>

#include "crds/demo/demo.hpp"

namespace causeway::crds {

constexpr auto field_rows(const RegionUrl*) {
  return std::array{
      kube::Row{.member = "cluster", .doc = "The cluster behind it.", .required = true, .max_length = 253},
      kube::Row{.member = "url", .doc = "Address that always leads there.", .required = true, .max_length = 2048},
  };
}

constexpr auto field_rows(const DemoPlacement*) {
  return std::array{
      kube::Row{.member = "cluster", .doc = "Name of the Cluster.", .required = true, .max_length = 253},
      kube::Row{.member = "cluster_namespace", .doc = "Namespace of the Cluster.", .max_length = 63},
      kube::Row{.member = "cluster_uid", .doc = "UID of the Cluster.", .max_length = 64},
      kube::Row{.member = "epoch",
                .doc = "Counts the moves of the Demo; the highest is the one that holds.",
                .always = true,
                .minimum = 0},
      kube::Row{.member = "stage", .doc = "Where the Demo is in this cluster.", .always = true},
      kube::Row{.member = "ready", .doc = "Whether it answers requests there.", .always = true},
      kube::Row{.member = "url", .doc = "Address that always leads there.", .max_length = 2048},
      kube::Row{.member = "deployment", .doc = "The deployment that serves there.", .max_length = 253},
      kube::Row{.member = "message", .doc = "What is wrong there, and what would put it right.", .max_length = 4096},
  };
}

constexpr auto field_rows(const PlacementRejection*) {
  return std::array{
      kube::Row{.member = "reason",
                .doc = "Why clusters were not chosen, for example `OtherRegion`.",
                .required = true,
                .max_length = 128},
      kube::Row{.member = "count", .doc = "How many.", .always = true, .minimum = 0},
  };
}

constexpr auto field_rows(const DemoBuildStatus*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Hash of what goes into the build.", .max_length = 128},
      kube::Row{.member = "phase", .doc = "How far it is.", .always = true},
      kube::Row{.member = "started_at", .doc = "When it started.", .format = "date-time"},
      kube::Row{.member = "finished_at", .doc = "When it ended.", .format = "date-time"},
      kube::Row{.member = "cache_hit",
                .doc = "Whether the image existed already, so that nothing was built.",
                .always = true},
      kube::Row{.member = "logs_ref", .doc = "ConfigMap with the end of the build's log.", .atomic_map = true},
      kube::Row{.member = "message", .doc = "Why it failed.", .max_length = 4096},
  };
}

constexpr auto field_rows(const DemoStatus*) {
  return std::array{
      kube::Row{.member = "observed_generation",
                .doc = "The `metadata.generation` this status speaks of; -1 before the first visit.",
                .always = true,
                .defaulted = true},
      kube::Row{.member = "stage",
                .doc = "Where the Demo is. `Running` means that a request was answered; `RunningBuilding` and "
                       "`RunningAppStarting` that the old version serves meanwhile.",
                .always = true,
                .defaulted = true},
      kube::Row{.member = "step",
                .doc = "Which part of the pipeline it is in: resolve, build, place, assign, rollout, serve.",
                .max_length = 64},
      kube::Row{.member = "message",
                .doc = "What it is doing or waiting for, and what a person should do about it.",
                .max_length = 4096},
      kube::Row{.member = "url", .doc = "The address that always works, wherever the Demo runs.", .max_length = 2048},
      kube::Row{.member = "urls", .doc = "One address for each region behind it, at most 32.", .max_items = 32},
      kube::Row{.member = "revision", .doc = "The commit that is deployed.", .max_length = 255},
      kube::Row{.member = "image", .doc = "The image that is deployed, by digest.", .max_length = 512},
      kube::Row{.member = "current_deployment",
                .doc = "Name of the deployment record (a ControllerRevision) in force; the last 20 are kept.",
                .max_length = 253},
      kube::Row{.member = "placements", .doc = "The clusters that were chosen, at most 32.", .max_items = 32},
      kube::Row{.member = "rejections",
                .doc = "Why other clusters were not chosen, counted by reason, at most 16.",
                .max_items = 16,
                .list = kube::ListType::Map,
                .list_key = "reason"},
      kube::Row{.member = "build", .doc = "The latest build."},
      kube::Row{.member = "conditions",
                .doc = "Ready, Built, Scheduled, Available; Reconciling while work is under way; Stalled when nothing "
                       "will happen until a person acts.",
                .max_items = 32,
                .list = kube::ListType::Map,
                .list_key = "type"},
  };
}

}  // namespace causeway::crds
