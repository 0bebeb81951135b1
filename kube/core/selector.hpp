#pragma once
// Label selectors: the query string form ("a=b,c!=d,e in (f,g),!h") and metav1.LabelSelector.

#include <boost/describe.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::kube {

struct LabelRequirement {
  std::string key;
  std::string operator_;  // In NotIn Exists DoesNotExist
  std::vector<std::string> values;
  bool operator==(const LabelRequirement&) const = default;
};
BOOST_DESCRIBE_STRUCT(LabelRequirement, (), (key, operator_, values))

struct LabelSelector {
  std::map<std::string, std::string> match_labels;
  std::vector<LabelRequirement> match_expressions;
  bool operator==(const LabelSelector&) const = default;

  bool empty() const { return match_labels.empty() && match_expressions.empty(); }
  bool matches(const std::map<std::string, std::string>& labels) const;  // empty matches everything
  std::string to_string() const;                                         // the query string form
  static base::Result<LabelSelector> parse(std::string_view text);
};
BOOST_DESCRIBE_STRUCT(LabelSelector, (), (match_labels, match_expressions))

}  // namespace causeway::kube

#include "kube/core/selector_fields.hpp"
