#pragma once
// A kind of the tests' own, with a status subresource.

#include <boost/describe.hpp>

#include "kube/core/codec.hpp"

namespace causeway::kube {

struct WidgetSpec {
  int size = 0;
  bool operator==(const WidgetSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(WidgetSpec, (), (size))

struct WidgetStatus {
  int seen = 0;
  std::vector<std::string> notes;
  bool operator==(const WidgetStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(WidgetStatus, (), (seen, notes))

struct Widget {
  static constexpr ResourceType kResource{"causeway.test", "v1", "Widget", "widgets"};
  ObjectMeta metadata;
  WidgetSpec spec;
  WidgetStatus status;
};
BOOST_DESCRIBE_STRUCT(Widget, (), (metadata, spec, status))

inline Object widget_definition() {
  auto crd = make_object(resources::kCustomResourceDefinition, "", "widgets.causeway.test");
  // size is a string or a number, so that a test can store what the C++ type refuses.
  crd["spec"] = json::parse(R"({
    "group": "causeway.test", "scope": "Namespaced",
    "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
    "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
      "schema": {"openAPIV3Schema": {"type": "object", "properties": {
        "spec": {"type": "object", "properties": {"size": {"x-kubernetes-int-or-string": true}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}]})");
  return crd;
}

inline Object widget(std::string_view ns, std::string_view name, int size = 1) {
  auto object = make_object(Widget::kResource, ns, name);
  object["spec"] = {{"size", size}};
  return object;
}

}  // namespace causeway::kube
