#pragma once
// What an init runs: written by the service to init.json, read by `causeway-onebox init`. An init knows nothing of
// Kubernetes beyond its probes; everything is in here.

#include <boost/describe.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "kube/core/codec.hpp"

namespace causeway::onebox {

enum class ProbeKind {
  None,    // ready as soon as it runs
  Http,    // GET url answers 200
  Socket,  // path, a unix socket, accepts a connection
  Node,    // GET url answers a Node whose condition Ready is True
};
BOOST_DESCRIBE_ENUM(ProbeKind, None, Http, Socket, Node)

struct ProbeSpec {
  ProbeKind kind = ProbeKind::None;
  std::string url, path;
  std::string ca, cert, key;  // files, for https
  bool operator==(const ProbeSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ProbeSpec, (), (kind, url, path, ca, cert, key))

// POSTed to the probe's server once the component is ready; an object that exists already is fine.
struct SetupObject {
  std::string path;
  kube::json::value body;
  bool operator==(const SetupObject&) const = default;
};
BOOST_DESCRIBE_STRUCT(SetupObject, (), (path, body))

struct ComponentSpec {
  std::string name;
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;  // beside PATH and HOME
  std::vector<std::string> after;          // first started when these have been ready; stopped before them
  std::vector<std::string> uses;           // started beside these, without waiting; stopped before them
  ProbeSpec ready;
  std::vector<SetupObject> setup;
  int stop_seconds = 10;  // between SIGTERM and SIGKILL
  // When shutting down, before this component is stopped: what it runs (containers) is sent SIGTERM and has so long.
  int drain_seconds = 0;
  bool operator==(const ComponentSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ComponentSpec, (), (name, argv, env, after, uses, ready, setup, stop_seconds, drain_seconds))

// source empty: a tmpfs. Targets are made when they are missing.
struct MountSpec {
  std::string source, target;
  bool shared = false;  // mounts made below it are seen by its other mounts (kubelet's folder)
  bool operator==(const MountSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(MountSpec, (), (source, target, shared))

struct InitSpec {
  std::string name;
  std::string netns;     // path, or empty: the machine's
  std::string hostname;  // or empty
  std::string cgroup;    // below the root of each hierarchy
  std::vector<MountSpec> mounts;
  std::string resolv_conf;  // file that is /etc/resolv.conf inside, or empty
  // Files below /proc/sys: written, in the network namespace ...
  std::map<std::string, std::string> sysctls;
  // ... or only shown as having this value, because they belong to the whole machine and kubelet would change them.
  std::map<std::string, std::string> shown_sysctls;
  std::vector<ComponentSpec> components;
  std::string log_dir, control_socket, process_file;
  std::int64_t max_log_bytes = 16 << 20;
  bool operator==(const InitSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(InitSpec, (),
                      (name, netns, hostname, cgroup, mounts, resolv_conf, sysctls, shown_sysctls, components, log_dir,
                       control_socket, process_file, max_log_bytes))

}  // namespace causeway::onebox
