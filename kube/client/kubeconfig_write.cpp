#include <yaml-cpp/yaml.h>

#include "base/encoding.hpp"
#include "kube/client/config.hpp"

namespace causeway::kube {

std::string write_kubeconfig(std::string_view name, std::string_view server, std::string_view ca_pem,
                             const base::TlsClientOptions& client_cert, std::string_view token) {
  const std::string n(name);
  YAML::Node cluster, context, root;
  YAML::Node user(YAML::NodeType::Map);  // also where there is nothing to say
  cluster["server"] = std::string(server);
  if (!ca_pem.empty()) cluster["certificate-authority-data"] = base::base64_encode(ca_pem);
  if (!client_cert.cert_pem.empty()) user["client-certificate-data"] = base::base64_encode(client_cert.cert_pem);
  if (!client_cert.key_pem.empty()) user["client-key-data"] = base::base64_encode(client_cert.key_pem);
  if (!token.empty()) user["token"] = std::string(token);
  context["cluster"] = n;
  context["user"] = n;

  const auto named = [&](const char* what, const YAML::Node& body) {
    YAML::Node item, list;
    item["name"] = n;
    item[what] = body;
    list.push_back(item);
    return list;
  };
  root["apiVersion"] = "v1";
  root["kind"] = "Config";
  root["clusters"] = named("cluster", cluster);
  root["users"] = named("user", user);
  root["contexts"] = named("context", context);
  root["current-context"] = n;
  YAML::Emitter out;
  out << root;
  return std::string(out.c_str()) + "\n";
}

}  // namespace causeway::kube
