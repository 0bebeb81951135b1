#pragma once
// Words that the rules share.

#include <string>
#include <string_view>
#include <vector>

#include "webhooks/rules/observed.hpp"

namespace causeway::webhooks {

// "u-ada/a, u-ada/b and 3 more"
std::string some_of(std::vector<std::string> names);
template <class T>
std::string some_of(const Pointers<T>& objects) {
  std::vector<std::string> names;
  for (const auto& object : objects) names.push_back(object->metadata.key().to_string());
  return some_of(std::move(names));
}

// Whether a name promises a value nobody else should read: "HF_TOKEN", "db_password".
bool sounds_secret(std::string_view name);

bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII
std::string lower_case(std::string_view text);                     // ASCII

}  // namespace causeway::webhooks
