#pragma once
// Which hosts may be asked of those that people name. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace causeway::base {

// Immutable, so thread-safe.
class HostPatterns {
 public:
  HostPatterns() = default;  // every host

  // Each "github.com", "*.example.org" (every host below it, not itself) or "*". kInvalidArgument names the one that is
  // none of these.
  static Result<HostPatterns> parse(const std::vector<std::string>& patterns);

  // A name as in a URL; neither its case nor a dot at its end matters. An address in figures has to be listed as such.
  bool allow(std::string_view host) const;

  // "github.com, *.example.org"
  std::string describe() const;

 private:
  std::vector<std::string> patterns_ = {"*"};
};

}  // namespace causeway::base
