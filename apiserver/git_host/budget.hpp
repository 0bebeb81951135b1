#pragma once
// How much of a history one call looks at before it says that it gave up.

#include <cstddef>

#include "base/clock.hpp"

namespace causeway::api::git_host {

struct Budget {
  std::size_t commits = 20'000;
  base::Duration time = std::chrono::seconds(2);
};

}  // namespace causeway::api::git_host
