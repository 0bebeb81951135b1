#pragma once
// Private: YAML as JSON, by YAML's core schema. Pure.

#include <boost/json.hpp>
#include <cstddef>
#include <yaml-cpp/yaml.h>

#include "base/result.hpp"

namespace causeway::api::render {

// What may still be written out; conversions take from it.
struct YamlAllowance {
  std::size_t values, bytes;  // bytes: of texts and keys
};

// Aliases are written out, so that some lines could become gigabytes, and one that holds itself would never end:
// kInvalidArgument for more than is allowed, or 50 values inside each other. Texts that look like numbers or booleans
// are such unless they are quoted; infinities, which JSON has not, stay texts; keys become texts.
base::Result<boost::json::value> json_of_yaml(const YAML::Node& node, YamlAllowance& allowance);

}  // namespace causeway::api::render
