#include "kube/core/selector.hpp"

#include <algorithm>
#include <optional>

namespace causeway::kube {

namespace {

bool alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Names and values of labels: at most 63 of [A-Za-z0-9_.-], alphanumeric at both ends.
bool valid_part(std::string_view text) {
  return !text.empty() && text.size() <= 63 && alphanumeric(text.front()) && alphanumeric(text.back()) &&
         std::ranges::all_of(text, [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool valid_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return valid_part(key);
  const std::string_view prefix = key.substr(0, slash);
  return !prefix.empty() && prefix.size() <= 253 && valid_part(key.substr(slash + 1)) &&
         std::ranges::all_of(prefix, [](char c) { return alphanumeric(c) || c == '-' || c == '.'; });
}

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  base::Result<LabelSelector> run() {
    LabelSelector selector;
    skip();
    while (at_ < text_.size()) {
      if (auto failed = requirement(selector)) return *failed;
      skip();
      if (at_ == text_.size()) break;
      if (text_[at_] != ',') return fail("a comma is missing");
      ++at_;
      skip();
      if (at_ == text_.size()) return fail("something has to follow the last comma");
    }
    return selector;
  }

 private:
  std::optional<base::Error> requirement(LabelSelector& selector) {
    const bool absent = take("!");
    skip();
    const std::string key = word();
    if (!valid_key(key)) return fail("\"" + key + "\" is not a label key");
    skip();
    if (absent) {
      selector.match_expressions.push_back({key, "DoesNotExist", {}});
      return std::nullopt;
    }
    if (at_ == text_.size() || text_[at_] == ',') {
      selector.match_expressions.push_back({key, "Exists", {}});
      return std::nullopt;
    }
    if (take("!=")) return one_value(selector, key, false);
    if (take("==") || take("=")) return one_value(selector, key, true);
    const std::string op = word();
    if (op != "in" && op != "notin") return fail("after \"" + key + "\" one of = == != in notin is expected");
    return value_list(selector, key, op == "in" ? "In" : "NotIn");
  }

  std::optional<base::Error> one_value(LabelSelector& selector, const std::string& key, bool equal) {
    skip();
    std::string value = word();
    if (!value.empty() && !valid_part(value)) return fail("\"" + value + "\" is not a label value");
    // Two different values for one key select nothing; as a map they would silently become one.
    if (equal && !selector.match_labels.contains(key)) {
      selector.match_labels.emplace(key, std::move(value));
    } else {
      selector.match_expressions.push_back({key, equal ? "In" : "NotIn", {std::move(value)}});
    }
    return std::nullopt;
  }

  std::optional<base::Error> value_list(LabelSelector& selector, const std::string& key, std::string op) {
    skip();
    if (!take("(")) return fail("values stand in parentheses: " + key + " in (a,b)");
    LabelRequirement requirement{key, std::move(op), {}};
    while (true) {
      skip();
      std::string value = word();
      if (!value.empty() && !valid_part(value)) return fail("\"" + value + "\" is not a label value");
      requirement.values.push_back(std::move(value));
      skip();
      if (take(")")) break;
      if (!take(",")) return fail("a closing parenthesis is missing");
    }
    selector.match_expressions.push_back(std::move(requirement));
    return std::nullopt;
  }

  void skip() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  std::string word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && !is_space(text_[at_]) &&
           std::string_view("=!,()<>").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  base::Error fail(const std::string& why) const {
    return {base::ErrorCode::kInvalidArgument,
            "label selector \"" + std::string(text_) + "\", character " + std::to_string(at_ + 1) + ": " + why};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool satisfied(const LabelRequirement& requirement, const std::map<std::string, std::string>& labels) {
  const auto it = labels.find(requirement.key);
  const bool present = it != labels.end();
  const auto listed = [&] { return std::ranges::find(requirement.values, it->second) != requirement.values.end(); };
  if (requirement.operator_ == "In") return present && listed();
  if (requirement.operator_ == "NotIn") return !present || !listed();
  if (requirement.operator_ == "Exists") return present;
  if (requirement.operator_ == "DoesNotExist") return !present;
  return false;  // an operator of the future: selecting too little is the safe side
}

}  // namespace

bool LabelSelector::matches(const std::map<std::string, std::string>& labels) const {
  for (const auto& [key, value] : match_labels) {
    const auto it = labels.find(key);
    if (it == labels.end() || it->second != value) return false;
  }
  return std::ranges::all_of(match_expressions,
                             [&](const LabelRequirement& requirement) { return satisfied(requirement, labels); });
}

std::string LabelSelector::to_string() const {
  std::string text;
  const auto separate = [&] {
    if (!text.empty()) text += ',';
  };
  for (const auto& [key, value] : match_labels) {
    separate();
    text.append(key).append("=").append(value);
  }
  for (const LabelRequirement& requirement : match_expressions) {
    separate();
    if (requirement.operator_ == "DoesNotExist") text += '!';
    text += requirement.key;
    if (requirement.operator_ != "In" && requirement.operator_ != "NotIn") continue;
    text += requirement.operator_ == "In" ? " in (" : " notin (";
    for (std::size_t i = 0; i < requirement.values.size(); ++i) {
      if (i) text += ',';
      text += requirement.values[i];
    }
    text += ')';
  }
  return text;
}

base::Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  return Parser(text).run();
}

}  // namespace causeway::kube
