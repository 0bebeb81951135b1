#pragma once
// JSON values as YAML people can read.

#include <boost/json.hpp>
#include <string>

namespace causeway::crds::crdgen {

std::string to_yaml(const boost::json::value& value);

}  // namespace causeway::crds::crdgen
