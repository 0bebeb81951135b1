#include "crds/demo/demo.hpp"

#include "kube/core/codec_text.hpp"

namespace causeway::crds {

std::string stage_rest_name(DemoStage stage) {
  std::string name;
  for (const char c : kube::codec::enum_name(stage)) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !name.empty()) name += '_';
    name += upper ? c : static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

BuildMode build_mode(const DemoSpec& spec) {
  if (spec.build.mode) return *spec.build.mode;
  if (!spec.image.empty()) return BuildMode::Prebuilt;
  return spec.template_ref ? BuildMode::Template : BuildMode::Dockerfile;
}

std::string host_label(std::string_view demo, std::string_view owner) {
  return std::string(demo).append("--").append(owner);
}

std::string_view owner_of_namespace(std::string_view ns) {
  return ns.starts_with("u-") || ns.starts_with("o-") ? ns.substr(2) : ns;
}

}  // namespace causeway::crds

template causeway::kube::Result<causeway::crds::Demo> causeway::kube::from_json<causeway::crds::Demo>(
    const causeway::kube::json::value&);
template bool causeway::kube::from_text(std::string_view, causeway::crds::Demo&);
template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Demo>(const causeway::crds::Demo&);
template causeway::kube::Object causeway::kube::encode<causeway::crds::Demo>(const causeway::crds::Demo&);
