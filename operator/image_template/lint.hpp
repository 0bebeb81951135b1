#pragma once
// What is wrong with a template, for the person who wrote it. Pure.

#include <string>
#include <vector>

#include "crds/image_template/image_template.hpp"

namespace causeway::op::image_template {

struct LintResult {
  std::vector<std::string> errors;    // no image can be built, or none that serves
  std::vector<std::string> warnings;  // at most kMaxWarnings
};
inline constexpr std::size_t kMaxWarnings = 20;

LintResult lint(const crds::ImageTemplate& image_template);

}  // namespace causeway::op::image_template
