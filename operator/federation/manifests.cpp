#include "operator/federation/manifests.hpp"

#include <algorithm>
#include <yaml-cpp/yaml.h>

#include "base/files.hpp"
#include "base/http.hpp"

namespace causeway::op::federation {

namespace fs = std::filesystem;
namespace resources = kube::resources;
using base::Error;
using base::ErrorCode;

namespace {

constexpr kube::ResourceType kDaemonSet{"apps", "v1", "DaemonSet", "daemonsets"};
constexpr kube::ResourceType kIngressClass{"networking.k8s.io", "v1", "IngressClass", "ingressclasses", false};
constexpr kube::ResourceType kAdmissionPolicy{"admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy",
                                              "validatingadmissionpolicies", false};
constexpr kube::ResourceType kAdmissionPolicyBinding{"admissionregistration.k8s.io", "v1",
                                                     "ValidatingAdmissionPolicyBinding",
                                                     "validatingadmissionpolicybindings", false};
constexpr kube::ResourceType kPriorityClass{"scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", false};

constexpr const kube::ResourceType* kKnown[] = {&resources::kNamespace,
                                                &resources::kSecret,
                                                &resources::kConfigMap,
                                                &resources::kService,
                                                &resources::kServiceAccount,
                                                &resources::kResourceQuota,
                                                &resources::kLimitRange,
                                                &resources::kDeployment,
                                                &resources::kStatefulSet,
                                                &resources::kIngress,
                                                &resources::kNetworkPolicy,
                                                &resources::kPodDisruptionBudget,
                                                &resources::kRole,
                                                &resources::kRoleBinding,
                                                &resources::kClusterRole,
                                                &resources::kClusterRoleBinding,
                                                &resources::kCustomResourceDefinition,
                                                &kDaemonSet,
                                                &kIngressClass,
                                                &kAdmissionPolicy,
                                                &kAdmissionPolicyBinding,
                                                &kPriorityClass};

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

base::Result<std::string> substitute(std::string_view text, const std::map<std::string, std::string>& variables) {
  std::string out;
  for (;;) {
    const auto start = text.find("${");
    out += text.substr(0, start);
    if (start == text.npos) return out;
    const auto end = text.find('}', start);
    if (end == text.npos) return invalid("\"${\" without \"}\"");
    std::string name(text.substr(start + 2, end - start - 2));
    const bool may_be_empty = name.ends_with(":-");
    if (may_be_empty) name.resize(name.size() - 2);
    const auto value = variables.find(name);
    if (value == variables.end() || (value->second.empty() && !may_be_empty))
      return invalid("${" + name + "} has no value here");
    out += value->second;
    text.remove_prefix(end + 1);
  }
}

std::string text_of(const YAML::Node& node) {
  return node && node.IsScalar() ? node.Scalar() : std::string{};
}

base::Result<Manifest> parse_document(const std::string& yaml) {
  const YAML::Node node = YAML::Load(yaml);
  const auto kind = text_of(node["kind"]);
  const auto api_version = text_of(node["apiVersion"]);
  const auto* const* type = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const auto* t) {
    return t->kind == kind && t->api_version() == api_version;
  });
  if (type == std::end(kKnown)) return invalid("kind \"" + kind + "\" (" + api_version + ") is not one a region gets");
  Manifest m{**type, {}, {}, yaml};
  const auto metadata = node["metadata"];
  if (metadata && metadata.IsMap()) {
    m.name = text_of(metadata["name"]);
    m.ns = text_of(metadata["namespace"]);
  }
  if (m.name.empty()) return invalid("a " + kind + " without metadata.name");
  if (m.type.namespaced && m.ns.empty()) return invalid(kind + " " + m.name + " without metadata.namespace");
  return m;
}

// Documents are separated by lines of "---".
std::vector<std::string> split_documents(std::string_view text) {
  std::vector<std::string> documents(1);
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const auto line = text.substr(0, end + 1);
    if (line.starts_with("---"))
      documents.emplace_back();
    else
      documents.back() += line;
    text.remove_prefix(end + 1);
  }
  return documents;
}

// NetworkPolicies name the ports that are dialled. Of "https://HOST[:PORT]".
base::Result<std::string> port_of(const std::string& url) {
  const auto parsed = base::parse_url(url);
  if (!parsed) return invalid("\"" + url + "\" is not an address: https://HOST[:PORT] is wanted");
  return std::to_string(parsed->port);
}

bool has_content(const std::string& yaml) {
  const YAML::Node node = YAML::Load(yaml);
  return node && !node.IsNull();
}

}  // namespace

base::Result<std::vector<Manifest>> parse_manifests(std::string_view text,
                                                    const std::map<std::string, std::string>& variables) try {
  auto replaced = substitute(text, variables);
  if (!replaced) return replaced.error();
  std::vector<Manifest> out;
  for (const auto& document : split_documents(*replaced)) {
    if (!has_content(document)) continue;
    auto m = parse_document(document);
    if (!m) return m.error();
    out.push_back(std::move(*m));
  }
  return out;
} catch (const YAML::Exception& e) {
  return invalid(std::string("not YAML: ") + e.what());
}

base::Result<std::vector<Manifest>> load_manifests(const fs::path& folder,
                                                   const std::map<std::string, std::string>& variables) {
  std::vector<fs::path> files;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  if (ec) return Error{ErrorCode::kIo, folder.string() + ": " + ec.message()};
  std::sort(files.begin(), files.end());
  std::vector<Manifest> out;
  for (const auto& file : files) {
    auto text = base::read_file(file);
    if (!text) return text.error();
    auto manifests = parse_manifests(*text, variables);
    if (!manifests) return manifests.error().wrap(file.string());
    std::move(manifests->begin(), manifests->end(), std::back_inserter(out));
  }
  return out;
}

base::Result<std::vector<Manifest>> region_manifests(const Settings& s) {
  const auto hub_port = port_of(s.hub_url);
  if (!hub_port) return hub_port.error().wrap("platform settings: hub.url");
  const auto registry_port = port_of("https://" + s.registry_host);
  if (!registry_port) return registry_port.error().wrap("platform settings: registry.host");
  const std::map<std::string, std::string> variables{
      {"IMAGE_OPERATOR", s.image("operator")}, {"IMAGE_TRAEFIK", s.image("traefik")},
      {"IMAGE_REGISTRY", s.image("registry")}, {"REGISTRY_HOST", s.registry_host},
      {"REGISTRY_PORT", *registry_port},       {"HUB_PORT", *hub_port},
      {"TRACING_ENDPOINT", s.tracing_endpoint}};
  auto manifests = load_manifests(s.region_manifests, variables);
  if (!manifests) return manifests;
  // The region keeps a copy of its Assignments in its own API.
  auto crds = load_manifests(s.region_manifests.parent_path() / "crds", {});
  if (!crds) return crds;
  for (auto& crd : *crds) {
    if (crd.name.starts_with("assignments.")) manifests->insert(manifests->begin(), std::move(crd));
  }
  return manifests;
}

kube::Result<void> apply_manifest(kube::Client& client, const Manifest& m, std::string_view field_manager) {
  base::HttpRequest request;
  request.method = "PATCH";
  request.target = m.type.path(m.ns, m.name) + "?force=true&fieldManager=" + base::percent_encode(field_manager);
  request.headers.set("Content-Type", "application/apply-patch+yaml");
  request.headers.set("Accept", "application/json");
  request.body = m.yaml;
  auto r = client.raw(std::move(request));
  if (!r) return r.error();
  return {};
}

}  // namespace causeway::op::federation
