#pragma once
// Field rows of what a Cluster asks of its cloud: source, network, node pools, services; include cluster.hpp.

#include <array>

#include "crds/cluster/cluster.hpp"

namespace causeway::crds {

constexpr auto field_rows(const TerraformSource*) {
  return std::array{
      kube::Row{.member = "provider",
                .doc = "Which cloud, as the folder of `terraform-modules/` is called: `tencentcloud`, `alicloud`, "
                       "`aws`, `ssh` (machines you have, by SSH) or `local` (this machine).",
                .required = true,
                .min_length = 1,
                .max_length = 63,
                .pattern = kLabelPattern,
                .example = R"("tencentcloud")"},
      kube::Row{.member = "region",
                .doc = "Region in the cloud's own words, for example `ap-guangzhou`, `cn-hangzhou`, `eu-central-1`. "
                       "Providers `ssh` and `local` take any name: it is what demos ask for in `placement.regions`.",
                .required = true,
                .min_length = 1,
                .max_length = 63,
                .pattern = kLabelPattern,
                .example = R"("ap-guangzhou")"},
      kube::Row{.member = "zones",
                .doc = "Availability zones of the region to spread nodes over, for example `ap-guangzhou-3`; the "
                       "module chooses when absent.",
                .min_length = 1,
                .max_length = 63,
                .max_items = 8,
                .pattern = kLabelPattern,
                .list = kube::ListType::Set},
  };
}

constexpr auto field_rows(const InClusterSource*) {
  return std::array<kube::Row, 0>{};
}

constexpr auto field_rows(const ClusterSource*) {
  return std::array{
      kube::Row{.member = "terraform", .doc = "Made, changed and destroyed by Terraform or OpenTofu."},
      kube::Row{.member = "kubeconfig_ref",
                .doc = "A cluster that exists: a Secret in this namespace holds its kubeconfig. Causeway installs its "
                       "region operator there and touches nothing else of the cluster."},
      kube::Row{.member = "in_cluster", .doc = "The hub itself runs demos too; write `inCluster: {}`."},
  };
}

constexpr auto field_rules(const ClusterSource*) {
  return std::array{
      kube::Rule{.rule = "[has(self.terraform), has(self.kubeconfigRef), has(self.inCluster)].filter(x, x).size() == 1",
                 .message = "exactly one of terraform, kubeconfigRef and inCluster says where the cluster comes from"},
  };
}

constexpr auto field_rows(const ClusterNetwork*) {
  return std::array{
      kube::Row{.member = "cidr",
                .doc = "Address range of the nodes, for example `10.20.0.0/16`; the module's default when absent.",
                .format = "cidr"},
      kube::Row{.member = "pod_cidr",
                .doc = "Address range of the pods; must not overlap the others.",
                .json = "podCIDR",
                .format = "cidr"},
      kube::Row{.member = "service_cidr",
                .doc = "Address range of the Services; must not overlap the others.",
                .json = "serviceCIDR",
                .format = "cidr"},
  };
}

constexpr auto field_rows(const NodePool*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of the pool, unique in the cluster, at most 25 characters (the shortest limit of the "
                       "clouds).",
                .required = true,
                .min_length = 1,
                .max_length = 25,
                .pattern = kLabelPattern},
      kube::Row{.member = "type",
                .doc = "`Standard`: machines by the hour. `Spot`: cheaper machines that the cloud may take back at any "
                       "time. `Serverless`: no machines, pods are paid for. `GPU`: machines with the GPUs of `gpu`.",
                .defaulted = true},
      kube::Row{.member = "instance_types",
                .doc = "Machine types in the cloud's own words, in order of preference, for example `S5.MEDIUM4`; the "
                       "module chooses when absent.",
                .min_length = 1,
                .max_length = 63,
                .max_items = 16},
      kube::Row{.member = "min",
                .doc = "Fewest nodes; 0 lets the pool go away while nobody needs it.",
                .defaulted = true,
                .minimum = 0,
                .maximum = 1000},
      kube::Row{
          .member = "max", .doc = "Most nodes.", .always = true, .defaulted = true, .minimum = 1, .maximum = 1000},
      kube::Row{.member = "labels", .doc = "Labels of the nodes.", .max_properties = 32, .max_value_length = 63},
      kube::Row{.member = "taints", .doc = "Taints of the nodes.", .max_items = 16},
      kube::Row{.member = "max_price",
                .doc = "`Spot` only: the most one node may cost in an hour, as a decimal number in the currency of the "
                       "account, for example `\"0.12\"`; at most the on-demand price when absent.",
                .format = "decimal"},
      kube::Row{.member = "gpu", .doc = "`GPU` only: which GPUs each node has, and how many."},
  };
}

constexpr auto field_rules(const NodePool*) {
  return std::array{
      kube::Rule{.rule = "self.min <= self.max", .message = "min may not be more than max", .field_path = ".min"},
      kube::Rule{.rule = "!has(self.maxPrice) || self.type == 'Spot'",
                 .message = "maxPrice is for pools of type Spot; remove it or change the type",
                 .field_path = ".maxPrice"},
      kube::Rule{.rule = "(self.type == 'GPU') == has(self.gpu)",
                 .message = "pools of type GPU say which in gpu, and other pools have none"},
  };
}

constexpr auto field_rows(const FileStorage*) {
  return std::array{
      kube::Row{.member = "type",
                .doc = "Speed and price class: `Standard`, `Performance` or `Turbo`, as far as the cloud has them.",
                .defaulted = true},
      kube::Row{.member = "size",
                .doc = "Capacity in bytes, for example `100Gi`; file systems that grow by themselves ignore it.",
                .format = "quantity"},
      kube::Row{.member = "mount_path",
                .doc = "Where nodes mount it, for example `/mnt/share`.",
                .max_length = 255,
                .pattern = "^/[^:]+$"},
  };
}

constexpr auto field_rows(const ObjectStorage*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of the bucket; the module makes it unique in the account.",
                .required = true,
                .min_length = 3,
                .max_length = 40,
                .pattern = kLabelPattern},
      kube::Row{.member = "access",
                .doc = "`Private`, or `PublicRead`: everybody on the internet may read the objects.",
                .defaulted = true},
      kube::Row{.member = "versioning", .doc = "Whether old versions of objects are kept. Default: false."},
      kube::Row{.member = "expire_after_days",
                .doc = "Objects are deleted after this many days; 0, the default, keeps them.",
                .minimum = 0,
                .maximum = 36500},
  };
}

constexpr auto field_rows(const Nat*) {
  return std::array{
      kube::Row{.member = "public_addresses",
                .doc = "How many public addresses the nodes' outgoing connections share.",
                .defaulted = true,
                .minimum = 1,
                .maximum = 10},
      kube::Row{.member = "bandwidth_mbps",
                .doc = "Most outgoing bandwidth in Mbit/s.",
                .defaulted = true,
                .minimum = 1,
                .maximum = 100000},
  };
}

constexpr auto field_rows(const Machine*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of the machine, or of each machine's prefix where `count` is more than 1.",
                .required = true,
                .min_length = 1,
                .max_length = 40,
                .pattern = kLabelPattern},
      kube::Row{.member = "instance_type",
                .doc = "Machine type in the cloud's own words, for example `S5.SMALL2`.",
                .required = true,
                .min_length = 1,
                .max_length = 63},
      kube::Row{.member = "image",
                .doc = "Operating system image in the cloud's own words; the module's Linux when absent.",
                .max_length = 255},
      kube::Row{.member = "zone",
                .doc = "Availability zone; the module chooses when absent.",
                .max_length = 63,
                .pattern = kLabelPattern},
      kube::Row{
          .member = "disk_size", .doc = "Size of the system disk in bytes, for example `50Gi`.", .format = "quantity"},
      kube::Row{.member = "count", .doc = "How many of them.", .defaulted = true, .minimum = 1, .maximum = 100},
      kube::Row{.member = "spot", .doc = "Whether the cloud may take it back for a lower price. Default: false."},
      kube::Row{.member = "public_address", .doc = "Whether it gets a public address. Default: false."},
  };
}

constexpr auto field_rows(const CloudServices*) {
  return std::array{
      kube::Row{.member = "file_storage", .doc = "A shared file system (on Tencent Cloud: CFS)."},
      kube::Row{.member = "object_storage",
                .doc = "Buckets (on Tencent Cloud: COS).",
                .max_items = 16,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "nat", .doc = "A gateway with public addresses for the nodes' outgoing connections."},
      kube::Row{.member = "machines",
                .doc = "Plain machines beside the cluster (on Tencent Cloud: CVM).",
                .max_items = 16,
                .list = kube::ListType::Map,
                .list_key = "name"},
  };
}

}  // namespace causeway::crds
