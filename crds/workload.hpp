#pragma once
// What a running application needs: shared by ImageTemplate (defaults), Demo (wishes) and Assignment (resolved).
// Quantities and durations are text as Kubernetes writes them; kube/core/quantity.hpp reads them.

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace causeway::crds {

struct EnvVar {
  std::string name, value;
  bool operator==(const EnvVar&) const = default;
};
BOOST_DESCRIBE_STRUCT(EnvVar, (), (name, value))

struct Gpu {
  std::string type;  // "" = any
  std::int64_t count = 1;
  bool operator==(const Gpu&) const = default;
};
BOOST_DESCRIBE_STRUCT(Gpu, (), (type, count))

// Empty quantities: the template's, then the platform's default.
struct Resources {
  std::string cpu, memory;
  std::optional<Gpu> gpu;
  bool operator==(const Resources&) const = default;
};
BOOST_DESCRIBE_STRUCT(Resources, (), (cpu, memory, gpu))

struct Health {
  std::string path;             // "" = the template's, then "/"
  std::string startup_timeout;  // "" = the template's, then "5m"
  bool operator==(const Health&) const = default;
};
BOOST_DESCRIBE_STRUCT(Health, (), (path, startup_timeout))

struct Storage {
  std::string size, mount_path;
  bool operator==(const Storage&) const = default;
};
BOOST_DESCRIBE_STRUCT(Storage, (), (size, mount_path))

}  // namespace causeway::crds

#include "crds/workload_fields.hpp"
