#pragma once
// The JSON of a problem (RFC 9457), for the answer and for the OpenAPI document.

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "kube/core/schema.hpp"

namespace causeway::api::rest {

struct ProblemErrorBody {
  std::string pointer, parameter, detail;
  bool operator==(const ProblemErrorBody&) const = default;
  static std::string schema_name() { return "ProblemError"; }
};
BOOST_DESCRIBE_STRUCT(ProblemErrorBody, (), (pointer, parameter, detail))

struct ProblemBody {
  std::string type, title;
  std::int64_t status = 0;
  std::string detail, instance;
  std::vector<ProblemErrorBody> errors;
  static std::string schema_name() { return "Problem"; }
};
BOOST_DESCRIBE_STRUCT(ProblemBody, (), (type, title, status, detail, instance, errors))

constexpr auto field_rows(const ProblemErrorBody*) {
  return std::array{
      kube::Row{.member = "pointer", .doc = "The member of the body, as a JSON Pointer in a URI fragment: `#/name`."},
      kube::Row{.member = "parameter", .doc = "The parameter of the path, the query or the header."},
      kube::Row{.member = "detail", .doc = "What is wrong with it, and what would be right.", .required = true},
  };
}

constexpr auto field_rows(const ProblemBody*) {
  return std::array{
      kube::Row{.member = "type",
                .doc = "What kind of problem it is, for programs: `urn:causeway:problem:…`.",
                .required = true},
      kube::Row{.member = "title", .doc = "The kind in words.", .required = true},
      kube::Row{.member = "status", .doc = "The HTTP status.", .required = true, .minimum = 400, .maximum = 599},
      kube::Row{.member = "detail", .doc = "What happened in this case.", .required = true},
      kube::Row{.member = "instance",
                .doc = "The id of the request, also in X-Request-Id: what to name when asking for help.",
                .required = true},
      kube::Row{.member = "errors", .doc = "Each value that is wrong."},
  };
}

}  // namespace causeway::api::rest
