#pragma once
// What the administrator's overlay decides once for the whole platform (ConfigMap causeway-system/platform).

#include <filesystem>
#include <map>
#include <string>

#include "base/host_patterns.hpp"
#include "base/result.hpp"

namespace causeway::op {

struct Settings {
  std::string system_namespace = "causeway-system";
  std::string builds_namespace = "causeway-builds";

  std::string registry_host = "registry.causeway.internal";
  std::string registry_ca_pem;  // empty: the system's trust store

  std::string git_internal_url = "http://git.causeway-system.svc";  // from build pods and the hub operator
  std::string git_public_url;                                       // from people's machines
  // A file with the authority of the certificate at git_internal_url (key ca.crt of a mounted Secret), read each time;
  // empty: the system's trust store.
  std::filesystem::path git_ca_file;
  std::filesystem::path git_token_file = "/var/run/secrets/causeway-git/token";  // the hub's, where it is mounted

  std::string demo_domain = "localhost";
  std::string demo_scheme = "http";
  int demo_port = 0;  // 0: the scheme's default

  std::string hub_url;  // where regions reach the hub's API server

  // Where build pods and regions send their traces (OTLP/HTTP, "http://host:4318"); empty: nowhere. It is reached from
  // there; the hub's own programs have $OTEL_EXPORTER_OTLP_ENDPOINT.
  std::string tracing_endpoint;

  base::HostPatterns import_hosts;  // where repositories may be imported from (imports.hosts)

  std::map<std::string, std::string> images;  // operator, traefik, registry, builder, runner-<provider>

  std::filesystem::path region_manifests = "/usr/share/causeway/region";

  // The text of git_ca_file; "" where none is named. kUnavailable: it cannot be read (yet).
  base::Result<std::string> git_authority() const;
  // "" when there is no such image configured.
  std::string image(const std::string& name) const;
  // "http://digits--ada.localhost:8080"
  std::string demo_url(std::string_view host) const;
  std::string demo_host(std::string_view demo, std::string_view owner) const;

  // Unknown keys are errors that name what is known.
  static base::Result<Settings> parse(std::string_view json_text);
  static base::Result<Settings> load(const std::filesystem::path& file);
};

}  // namespace causeway::op
