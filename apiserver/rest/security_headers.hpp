#pragma once
// What every answer tells a browser not to do. Pure.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http.hpp"

namespace causeway::api::rest {

class SecurityHeaders {
 public:
  // `public_url`: where people reach this server; https brings Strict-Transport-Security. May be empty.
  explicit SecurityHeaders(std::string_view public_url);

  // Adds what the answer does not say itself: a page has a Content-Security-Policy of its own. Cache-Control becomes
  // no-store unless the answer has one.
  void apply(base::Headers& headers) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace causeway::api::rest
