#pragma once
// What onebox remembers on disk, as JSON: of itself, of each cluster, of each process it started.

#include <boost/describe.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "kube/core/codec.hpp"

namespace causeway::onebox {

// DIR/onebox/instance.json
struct InstanceRecord {
  std::string id;
  std::string data;    // the folder the id was made of
  std::string subnet;  // "10.213.N.0/24"
  int web_port = 0;    // loopback; 0: none chosen yet
  int registry_port = 0;
  std::string registry_secret;  // docker-registry signs upload sessions with it
  bool operator==(const InstanceRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(InstanceRecord, (), (id, data, subnet, web_port, registry_port, registry_secret))

// DIR/onebox/clusters/ID/record.json: its presence means the cluster shall run, `deleting` that it shall be gone.
struct ClusterRecord {
  std::string id, name, region;
  bool node = true;
  int host = 0;        // last byte of its address
  int local_port = 0;  // of the relay to its API server; 0: none chosen yet
  std::string created;
  bool deleting = false;
  bool operator==(const ClusterRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClusterRecord, (), (id, name, region, node, host, local_port, created, deleting))

// A process that may have ended, or been replaced by another of the same number: trusted only when start time and boot
// match too.
struct ProcessRecord {
  int pid = 0;
  std::int64_t start_time = 0;  // field 22 of /proc/PID/stat, clock ticks since boot
  std::string boot;             // /proc/sys/kernel/random/boot_id
  bool operator==(const ProcessRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(ProcessRecord, (), (pid, start_time, boot))

// kNotFound: no such file. A file that does not decode is an error that names it.
template <class T>
base::Result<T> load_json(const std::filesystem::path& path);
template <class T>
base::Result<void> save_json(const std::filesystem::path& path, const T& value, int mode = 0600);

namespace detail {
base::Result<kube::json::value> load_json_value(const std::filesystem::path& path);
base::Result<void> save_json_value(const std::filesystem::path& path, const kube::json::value& value, int mode);
}  // namespace detail

template <class T>
base::Result<T> load_json(const std::filesystem::path& path) {
  auto value = detail::load_json_value(path);
  if (!value) return value.error();
  auto decoded = kube::from_json<T>(*value);
  if (!decoded) return base::Error{base::ErrorCode::kProtocol, path.string() + ": " + decoded.error().message};
  return std::move(*decoded);
}

template <class T>
base::Result<void> save_json(const std::filesystem::path& path, const T& value, int mode) {
  return detail::save_json_value(path, kube::to_json(value), mode);
}

}  // namespace causeway::onebox
