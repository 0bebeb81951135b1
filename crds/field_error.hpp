#pragma once
// What is wrong with an object's field, for the person who wrote it.

#include <string>
#include <string_view>
#include <vector>

namespace causeway::crds {

struct FieldError {
  std::string path;      // "spec.placement.regions[2]"
  std::string message;   // what is wrong: "\"Guangzhou\" is not a region name"
  std::string accepted;  // what would be right: "lower-case letters, digits and '-', …"; empty if the message says it
  std::string to_string() const;  // "spec.placement.regions[2]: …; accepted: …"
  bool operator==(const FieldError&) const = default;
};

using FieldErrors = std::vector<FieldError>;

// All of them, one sentence each, joined by "; ": the message of a condition or of a refused request.
std::string to_string(const FieldErrors& errors);

}  // namespace causeway::crds
