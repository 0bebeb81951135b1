#include <yaml-cpp/yaml.h>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "kube/client/config.hpp"
#include "kube/client/exec_credential.hpp"

namespace causeway::kube {

namespace {

using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

Error wrong(std::string message) {
  return {ErrorCode::kInvalidArgument, "kubeconfig: " + std::move(message)};
}

Error wrong_yaml(const YAML::Exception& e) {
  return wrong(e.mark.is_null() ? e.msg : "line " + std::to_string(e.mark.line + 1) + ": " + e.msg);
}

std::string text(const YAML::Node& node, const char* key) {
  const auto value = node[key];
  return value && value.IsScalar() ? value.as<std::string>() : std::string();
}

bool flag(const YAML::Node& node, const char* key) {
  const auto value = text(node, key);
  return value == "true" || value == "True";
}

// One of the files that are read as one.
struct Source {
  YAML::Node root;
  fs::path base_dir;
};

struct Entry {
  YAML::Node body;
  fs::path base_dir;  // of the file it stands in
};

// The entry `name` of one of the lists clusters, users, contexts; of several files the first that has it.
base::Result<Entry> entry(const std::vector<Source>& sources, const char* list, const char* what,
                          const std::string& name) {
  for (const auto& source : sources) {
    const auto entries = source.root[list];
    if (!entries || !entries.IsSequence()) continue;
    for (const auto& item : entries) {
      if (!item.IsMap() || text(item, "name") != name) continue;
      const YAML::Node body = item[what];
      if (body && body.IsMap()) return Entry{body, source.base_dir};
      return wrong(std::string(what) + " \"" + name + "\" has no member \"" + what + "\"");
    }
  }
  return wrong("there is no " + std::string(what) + " \"" + name + "\"");
}

struct Reader {
  const fs::path base_dir;

  fs::path file(const YAML::Node& node, const char* key) const {
    const auto name = text(node, key);
    if (name.empty()) return {};
    return fs::path(name).is_absolute() ? fs::path(name) : base_dir / name;
  }

  // PEM given as base64 `KEY-data` (which wins, as in kubectl), else as file `KEY`; `path` is set for the latter.
  base::Result<std::string> pem(const YAML::Node& node, const std::string& where, const std::string& key,
                                fs::path& path) const {
    if (const auto data = text(node, (key + "-data").c_str()); !data.empty()) {
      auto bytes = base::base64_decode(data);
      if (!bytes) return wrong(where + ": " + key + "-data is not base64");
      if (bytes->find("-----BEGIN ") == std::string::npos)
        return wrong(where + ": " + key + "-data holds no PEM block");
      return bytes;
    }
    const auto name = file(node, key.c_str());
    if (name.empty()) return std::string();
    auto bytes = base::read_file(name);
    if (!bytes) return wrong(where + ": " + key + ": " + bytes.error().message);
    if (bytes->find("-----BEGIN ") == std::string::npos)
      return wrong(where + ": " + key + ": " + name.string() + " holds no PEM block");
    path = name;
    return bytes;
  }
};

base::Result<ExecPlugin> exec_plugin(const YAML::Node& exec, const std::string& user, const Reader& reader) {
  ExecPlugin plugin;
  const auto where = "user \"" + user + "\": exec";
  plugin.user = user;
  plugin.api_version = text(exec, "apiVersion");
  if (plugin.api_version != "client.authentication.k8s.io/v1" &&
      plugin.api_version != "client.authentication.k8s.io/v1beta1")
    return wrong(where + ": apiVersion is \"" + plugin.api_version +
                 "\", it must be client.authentication.k8s.io/v1 or v1beta1");
  plugin.command = text(exec, "command");
  if (plugin.command.empty()) return wrong(where + ": command is missing");
  // A command with a slash is relative to the kubeconfig, a bare name is looked up on PATH. (client-go)
  if (plugin.command.find('/') != std::string::npos && plugin.command[0] != '/')
    plugin.command = (reader.base_dir / plugin.command).string();
  if (text(exec, "interactiveMode") == "Always")
    return wrong(where + ": interactiveMode Always needs a terminal, which a service has not");
  plugin.install_hint = text(exec, "installHint");
  plugin.provide_cluster_info = flag(exec, "provideClusterInfo");
  if (const auto args = exec["args"]; args && args.IsSequence())
    for (const auto& arg : args) plugin.args.push_back(arg.as<std::string>());
  if (const auto env = exec["env"]; env && env.IsSequence())
    for (const auto& variable : env) plugin.env.insert_or_assign(text(variable, "name"), text(variable, "value"));
  return plugin;
}

base::Result<void> read_cluster(ClientConfig& config, TlsFiles& files, const YAML::Node& cluster,
                                const std::string& name, const Reader& reader) {
  const auto where = "cluster \"" + name + "\"";
  config.server = text(cluster, "server");
  if (config.server.empty()) return wrong(where + ": server is missing");
  if (config.server.find("://") == std::string::npos) config.server = "https://" + config.server;
  const auto url = base::parse_url(config.server);
  if (!url || (url->scheme != "https" && url->scheme != "http"))
    return wrong(where + ": server \"" + config.server + "\" is not an http or https URL");
  while (config.server.back() == '/') config.server.pop_back();
  auto ca = reader.pem(cluster, where, "certificate-authority", files.ca);
  if (!ca) return ca.error();
  config.tls.ca_pem = std::move(*ca);
  config.tls.server_name = text(cluster, "tls-server-name");
  config.tls.insecure_skip_verify = flag(cluster, "insecure-skip-tls-verify");
  if (config.tls.insecure_skip_verify && !config.tls.ca_pem.empty())
    return wrong(where + ": certificate-authority and insecure-skip-tls-verify exclude each other");
  config.proxy_url = text(cluster, "proxy-url");
  if (!config.proxy_url.empty()) {
    const auto proxy = base::parse_url(config.proxy_url);
    if (!proxy || proxy->scheme != "http")
      return wrong(where + ": proxy-url \"" + config.proxy_url + "\" is not an http URL");
  }
  return {};
}

base::Result<void> read_impersonation(ClientConfig& config, const YAML::Node& user, const std::string& where) {
  config.impersonate_user = text(user, "as");
  config.impersonate_uid = text(user, "as-uid");
  if (const auto groups = user["as-groups"]; groups && groups.IsSequence())
    for (const auto& group : groups) config.impersonate_groups.push_back(group.as<std::string>());
  if (const auto extra = user["as-user-extra"]; extra && extra.IsMap())
    for (const auto& field : extra)
      if (field.second.IsSequence())
        for (const auto& value : field.second)
          config.impersonate_extra[field.first.as<std::string>()].push_back(value.as<std::string>());
  const bool more =
      !config.impersonate_uid.empty() || !config.impersonate_groups.empty() || !config.impersonate_extra.empty();
  // (client-go: "requesting uid, groups or user-extra without impersonating a user")
  if (more && config.impersonate_user.empty())
    return wrong(where + ": as-uid, as-groups and as-user-extra are of the user named by \"as\", which is missing");
  return {};
}

base::Result<void> read_user(ClientConfig& config, TlsFiles& files, const YAML::Node& user, const std::string& name,
                             const Reader& reader) {
  const auto where = "user \"" + name + "\"";
  auto cert = reader.pem(user, where, "client-certificate", files.cert);
  if (!cert) return cert.error();
  auto key = reader.pem(user, where, "client-key", files.key);
  if (!key) return key.error();
  if (cert->empty() != key->empty())
    return wrong(where + ": client-certificate and client-key belong together, one of them is missing");
  config.tls.cert_pem = std::move(*cert);
  config.tls.key_pem = std::move(*key);

  if (const auto path = reader.file(user, "tokenFile"); !path.empty()) {
    config.token = file_token(path);  // wins over token (client-go)
  } else if (const auto token = text(user, "token"); !token.empty()) {
    config.token = static_token(token);
  }
  if (user["auth-provider"]) return wrong(where + ": auth-provider is gone since Kubernetes 1.26; use an exec plugin");
  if (!text(user, "username").empty()) return wrong(where + ": username and password are gone since Kubernetes 1.19");
  if (auto ok = read_impersonation(config, user, where); !ok) return ok.error();

  if (const YAML::Node exec = user["exec"]; exec && exec.IsMap()) {
    if (config.token) return wrong(where + ": exec and token exclude each other");
    auto plugin = exec_plugin(exec, name, reader);
    if (!plugin) return plugin.error();
    plugin->server = config.server;
    plugin->ca_pem = config.tls.ca_pem;
    plugin->tls_server_name = config.tls.server_name;
    plugin->insecure = config.tls.insecure_skip_verify;
    std::shared_ptr<TlsSource> ca_on_disk;
    if (!files.ca.empty()) {
      auto followed = file_tls(config.tls, files);
      if (!followed) return followed.error();
      ca_on_disk = std::move(*followed);
    }
    auto credential =
        std::make_shared<ExecCredential>(std::move(*plugin), config.tls, base::system_clock(), std::move(ca_on_disk));
    config.token = credential;
    config.tls_source = std::move(credential);
  }
  return {};
}

base::Result<ClientConfig> parse(const std::vector<Source>& sources, std::string context) {
  for (const auto& source : sources) {
    if (!source.root.IsMap()) return wrong("it is not a YAML object");
    if (context.empty()) context = text(source.root, "current-context");
  }
  if (context.empty()) return wrong("current-context is not set and no context was asked for");
  auto chosen = entry(sources, "contexts", "context", context);
  if (!chosen) return chosen.error();
  const auto cluster_name = text(chosen->body, "cluster");
  const auto user_name = text(chosen->body, "user");
  if (cluster_name.empty()) return wrong("context \"" + context + "\" names no cluster");

  ClientConfig config;
  if (const auto ns = text(chosen->body, "namespace"); !ns.empty()) config.default_namespace = ns;
  TlsFiles files;
  auto cluster = entry(sources, "clusters", "cluster", cluster_name);
  if (!cluster) return cluster.error().wrap("context \"" + context + "\"");
  if (auto ok = read_cluster(config, files, cluster->body, cluster_name, {cluster->base_dir}); !ok) return ok.error();
  if (!user_name.empty()) {
    auto user = entry(sources, "users", "user", user_name);
    if (!user) return user.error().wrap("context \"" + context + "\"");
    if (auto ok = read_user(config, files, user->body, user_name, {user->base_dir}); !ok) return ok.error();
  }
  const bool any_file = !files.ca.empty() || !files.cert.empty() || !files.key.empty();
  if (any_file && !config.tls_source) {
    auto source = file_tls(config.tls, std::move(files));
    if (!source) return source.error();
    config.tls_source = std::move(*source);
  }
  return config;
}

}  // namespace

base::Result<ClientConfig> parse_kubeconfig(std::string_view yaml, std::string_view context, const fs::path& base_dir) {
  try {
    return parse({{YAML::Load(std::string(yaml)), base_dir}}, std::string(context));
  } catch (const YAML::Exception& e) {
    return wrong_yaml(e);
  }
}

base::Result<ClientConfig> load_kubeconfig(const fs::path& path, std::string_view context) {
  auto yaml = base::read_file(path);
  if (!yaml) return yaml.error();
  auto config = parse_kubeconfig(*yaml, context, fs::absolute(path).parent_path());
  if (!config) return config.error().wrap(path.string());
  return config;
}

base::Result<ClientConfig> load_kubeconfig(const std::vector<fs::path>& paths, std::string_view context) {
  std::vector<Source> sources;
  for (const auto& path : paths) {
    auto yaml = base::read_file(path);
    if (!yaml && yaml.error().code == ErrorCode::kNotFound) continue;
    if (!yaml) return yaml.error();
    try {
      auto root = YAML::Load(*yaml);
      if (root.IsNull()) continue;  // an empty file is one that nothing was written to yet
      if (!root.IsMap()) return wrong("it is not a YAML object").wrap(path.string());
      sources.push_back({std::move(root), fs::absolute(path).parent_path()});
    } catch (const YAML::Exception& e) {
      return wrong_yaml(e).wrap(path.string());
    }
  }
  if (sources.empty()) return Error{ErrorCode::kNotFound, "there is no such file"};
  try {
    return parse(sources, std::string(context));
  } catch (const YAML::Exception& e) {
    return wrong_yaml(e);
  }
}

}  // namespace causeway::kube
