#pragma once
// The kinds crdgen knows, with what belongs to the kind as a whole rather than to a field.

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "kube/core/resource.hpp"

namespace causeway::crds::crdgen {

struct Column {
  std::string name, type, path, doc;
  bool wide = false;  // only with `kubectl get -o wide`
};

struct Kind {
  kube::ResourceType type;
  std::string folder, singular, list_kind;
  std::vector<std::string> short_names;
  std::string summary;             // first sentence of `kubectl explain`
  std::vector<std::string> intro;  // paragraphs of the reference page
  std::vector<Column> columns;
  boost::json::object schema;
};

std::vector<Kind> all_kinds();

boost::json::object crd_of(const Kind& kind);

}  // namespace causeway::crds::crdgen
