#pragma once
// Field rows of crds/workload.hpp; include that.

#include <array>

#include "crds/workload.hpp"
#include "kube/core/schema.hpp"

namespace causeway::crds {

constexpr auto field_rows(const EnvVar*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name of the environment variable.",
                .required = true,
                .min_length = 1,
                .max_length = 253,
                .pattern = "^[-._a-zA-Z][-._a-zA-Z0-9]*$"},
      kube::Row{.member = "value",
                .doc = "Its value, as it is: no `$(…)` is expanded. Readable by everybody who may read the object; "
                       "secrets belong into Secrets.",
                .max_length = 32768},
  };
}

constexpr auto field_rows(const Gpu*) {
  return std::array{
      kube::Row{
          .member = "type",
          .doc = "Model of the GPU as the cluster's nodes are labelled, for example `nvidia-a10`; any when absent.",
          .max_length = 63,
          .pattern = "^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"},
      kube::Row{.member = "count", .doc = "How many GPUs.", .defaulted = true, .minimum = 1, .maximum = 16},
  };
}

constexpr auto field_rows(const Resources*) {
  return std::array{
      kube::Row{.member = "cpu",
                .doc = "CPU in cores that each copy is given, for example `500m` (half a core) or `2`.",
                .format = "quantity",
                .example = R"("500m")"},
      kube::Row{.member = "memory",
                .doc = "Memory in bytes that each copy is given, for example `512Mi` or `2Gi`. A copy that takes more "
                       "is restarted.",
                .format = "quantity",
                .example = R"("1Gi")"},
      kube::Row{.member = "gpu", .doc = "GPUs that each copy is given; none when absent."},
  };
}

constexpr auto field_rows(const Health*) {
  return std::array{
      kube::Row{.member = "path",
                .doc = "HTTP path that answers with a status below 400 once the application is ready, for example "
                       "`/healthz`. Default: the template's, else `/`.",
                .max_length = 1024,
                .pattern = R"(^/[^\s]*$)"},
      kube::Row{.member = "startup_timeout",
                .doc = "How long the application may take from start to its first good answer, for example `90s`; then "
                       "it is restarted and the stage becomes `RuntimeError`. Default: the template's, else `5m`.",
                .format = "duration"},
  };
}

constexpr auto field_rows(const Storage*) {
  return std::array{
      kube::Row{.member = "size",
                .doc = "Size of the volume in bytes, for example `10Gi`.",
                .required = true,
                .format = "quantity"},
      kube::Row{.member = "mount_path",
                .doc = "Absolute path in the container at which the volume appears, for example `/data`.",
                .required = true,
                .min_length = 2,
                .max_length = 255,
                .pattern = "^/[^:]+$"},
  };
}

}  // namespace causeway::crds
