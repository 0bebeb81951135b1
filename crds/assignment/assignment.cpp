#include "crds/assignment/assignment.hpp"

#include "base/encoding.hpp"
#include "kube/core/codec_text.hpp"

namespace causeway::crds {

namespace {

constexpr std::size_t kMaxName = 63;  // a label value, and the name of a Deployment whose pods need room for a suffix
constexpr std::size_t kHashLength = 8;

}  // namespace

std::string assignment_name(std::string_view demo_namespace, std::string_view demo_name) {
  const std::string hash = base::sha256_hex(std::string(demo_namespace).append("/").append(demo_name));
  std::string name(demo_name.substr(0, kMaxName - kHashLength - 1));
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  return name + "-" + hash.substr(0, kHashLength);
}

std::string cluster_namespace(std::string_view cluster_uid) {
  return "cluster-" + std::string(cluster_uid.substr(0, kHashLength));
}

std::string run_namespace(std::string_view cluster_uid) {
  return "causeway-run-" + std::string(cluster_uid.substr(0, kHashLength));
}

}  // namespace causeway::crds

template causeway::kube::Result<causeway::crds::Assignment> causeway::kube::from_json<causeway::crds::Assignment>(
    const causeway::kube::json::value&);
template bool causeway::kube::from_text(std::string_view, causeway::crds::Assignment&);
template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Assignment>(
    const causeway::crds::Assignment&);
template causeway::kube::Object causeway::kube::encode<causeway::crds::Assignment>(const causeway::crds::Assignment&);
