#pragma once
// Parameters of path and query: texts → the JSON that their struct's schema speaks of. Immutable; thread-safe.

#include <string>
#include <vector>

#include "apiserver/rest/problem.hpp"
#include "apiserver/rest/schema.hpp"
#include "apiserver/rest/schema_check.hpp"
#include "apiserver/rest/target.hpp"

namespace causeway::api::rest {

// The struct's own schema, not a reference to it. std::logic_error: it has a struct as a member.
json::object parameter_schema(const TypeRef& type);

class ParameterReader {
 public:
  // Without a type there are no parameters.
  ParameterReader(const TypeRef& type, SchemaCheck& check);

  // Each value by its declared type; a list from the parameters of its name. What is unknown, repeated or not valid is
  // put into `errors`.
  json::value read(const QueryParameters& parameters, std::vector<ProblemField>& errors) const;

  bool knows(std::string_view name) const;

 private:
  struct Known {
    std::string name, type;
    bool list = false;
  };
  const Known* find(std::string_view name) const;
  std::vector<Known> known_;
  const SchemaCheck::Node* schema_ = nullptr;
};

}  // namespace causeway::api::rest
