#include "kube/client/config.hpp"

#include <cstdlib>

#include "base/files.hpp"

namespace causeway::kube {

namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

base::Result<ClientConfig> in_cluster_config() {
  const fs::path dir = "/var/run/secrets/kubernetes.io/serviceaccount";
  const auto host = environment("KUBERNETES_SERVICE_HOST");
  const auto port = environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty())
    return base::Error{base::ErrorCode::kNotFound,
                       "not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"};
  std::error_code ec;
  if (!fs::exists(dir / "token", ec))
    return base::Error{base::ErrorCode::kNotFound, "not in a pod with a service account: " + dir.string() +
                                                       "/token is missing (automountServiceAccountToken?)"};
  ClientConfig config;
  const bool v6 = host.find(':') != std::string::npos;
  config.server = "https://" + (v6 ? "[" + host + "]" : host) + ":" + port;
  auto tls = file_tls({}, {.ca = dir / "ca.crt", .cert = {}, .key = {}});
  if (!tls) return tls.error();
  config.tls = *(*tls)->current().options;
  config.tls_source = std::move(*tls);
  config.token = file_token(dir / "token");
  if (auto ns = base::read_file(dir / "namespace"); ns && !ns->empty()) {
    const auto end = ns->find_last_not_of(" \t\r\n");
    config.default_namespace = ns->substr(0, end == std::string::npos ? 0 : end + 1);
  }
  return config;
}

base::Result<ClientConfig> default_config(const std::string& kubeconfig_flag, std::string_view context) {
  if (!kubeconfig_flag.empty()) return load_kubeconfig(kubeconfig_flag, context);
  if (const auto list = environment("KUBECONFIG"); !list.empty()) {
    std::vector<fs::path> paths;
    for (std::size_t begin = 0; begin <= list.size();) {
      const auto end = std::min(list.find(':', begin), list.size());
      if (end > begin) paths.emplace_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
    auto config = load_kubeconfig(paths, context);
    if (!config) return config.error().wrap("KUBECONFIG=" + list);
    return config;
  }
  auto pod = in_cluster_config();
  if (pod || pod.error().code != base::ErrorCode::kNotFound) return pod;
  if (const auto home = environment("HOME"); !home.empty()) {
    const auto path = fs::path(home) / ".kube/config";
    std::error_code ec;
    if (fs::exists(path, ec)) return load_kubeconfig(path, context);
  }
  return base::Error{
      base::ErrorCode::kNotFound,
      "no Kubernetes API is configured: give --kubeconfig, set KUBECONFIG, or run in a pod with a service "
      "account (" +
          pod.error().message + ")"};
}

}  // namespace causeway::kube
