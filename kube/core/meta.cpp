#include "kube/core/meta.hpp"

#include <algorithm>

namespace causeway::kube {

bool set_condition(Conditions& conditions, Condition condition, base::WallTime now) {
  const auto it = std::ranges::find(conditions, condition.type, &Condition::type);
  if (it == conditions.end()) {
    condition.last_transition_time = base::format_time(now);
    conditions.push_back(std::move(condition));
    return true;
  }
  // API conventions: the time tells when `status` changed, not when the text around it did.
  condition.last_transition_time = it->status == condition.status ? it->last_transition_time : base::format_time(now);
  if (*it == condition) return false;
  *it = std::move(condition);
  return true;
}

bool remove_condition(Conditions& conditions, std::string_view type) {
  return std::erase_if(conditions, [&](const Condition& c) { return c.type == type; }) > 0;
}

const Condition* find_condition(const Conditions& conditions, std::string_view type) {
  const auto it = std::ranges::find(conditions, type, &Condition::type);
  return it == conditions.end() ? nullptr : &*it;
}

bool condition_is_true(const Conditions& conditions, std::string_view type) {
  const Condition* condition = find_condition(conditions, type);
  return condition && condition->status == "True";
}

}  // namespace causeway::kube
