#pragma once
// What a field row says of one value, as JSON Schema: the words that CRDs (crdgen) and the API server's OpenAPI
// document share. No part of it depends on a C++ type.

#include <boost/json.hpp>
#include <string_view>
#include <vector>

#include "kube/core/schema.hpp"

namespace causeway::crds {

namespace json = boost::json;

json::object string_schema(const kube::Row& row);  // with the row's constraints; any format but "quantity"
json::object integer_schema(const kube::Row& row);
json::object enum_schema(const std::vector<std::string_view>& values);
json::object list_schema(const kube::Row& row, json::object items);
json::object map_schema(const kube::Row& row, json::object values);

}  // namespace causeway::crds
