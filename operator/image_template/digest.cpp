#include "operator/image_template/digest.hpp"

#include <boost/json.hpp>

#include "base/encoding.hpp"

namespace causeway::op::image_template {

std::string build_digest(const crds::ImageTemplateSpec& spec) {
  namespace json = boost::json;
  json::object parameters;
  for (const auto& p : spec.parameters) {
    if (!p.secret) parameters[p.name] = p.default_ ? json::value(json::string(*p.default_)) : json::value(nullptr);
  }
  const json::object inputs{{"dockerfile", spec.dockerfile}, {"runtime", spec.runtime}, {"parameters", parameters}};
  return "sha256:" + base::sha256_hex(json::serialize(inputs));
}

}  // namespace causeway::op::image_template
