#pragma once
// Texts of one answer as HTML, within the time that one answer may take: what is beyond it is shown as it was written.
// For one thread.

#include <string>
#include <string_view>

#include "apiserver/render/limits.hpp"

namespace causeway::api::discussion {

class BodyRenderer {
 public:
  std::string html(std::string_view markdown);  // safe as it is; "" of nothing

 private:
  render::CpuBudget budget_{std::chrono::seconds(2)};  // of all
};

}  // namespace causeway::api::discussion
