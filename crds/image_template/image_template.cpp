#include "crds/image_template/image_template.hpp"

#include "kube/core/codec_text.hpp"

namespace causeway::crds {

std::string template_name(std::string_view family, std::int64_t version) {
  return std::string(family).append("-v").append(std::to_string(version));
}

}  // namespace causeway::crds

template causeway::kube::Result<causeway::crds::ImageTemplate> causeway::kube::from_json<causeway::crds::ImageTemplate>(
    const causeway::kube::json::value&);
template bool causeway::kube::from_text(std::string_view, causeway::crds::ImageTemplate&);
template causeway::kube::json::value causeway::kube::to_json<causeway::crds::ImageTemplate>(
    const causeway::crds::ImageTemplate&);
template causeway::kube::Object causeway::kube::encode<causeway::crds::ImageTemplate>(
    const causeway::crds::ImageTemplate&);
