#include <string>

#include "kube/core/selector.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace causeway;
  const auto selector = kube::LabelSelector::parse(fuzz::text_of(data, size));
  if (!selector) {
    fuzz::require(selector.error().message.find("character ") != std::string::npos, "the place is named");
    return 0;
  }
  const auto text = selector->to_string();
  const auto again = kube::LabelSelector::parse(text);
  fuzz::require(again.ok(), "its text is a selector");
  fuzz::require(again->to_string() == text, "text is canonical");
  // Labels that the selector may be about, and their absence.
  std::map<std::string, std::string> labels = selector->match_labels;
  fuzz::require(selector->matches({}) == again->matches({}), "both match no labels alike");
  fuzz::require(selector->matches(labels) == again->matches(labels), "both match its own labels alike");
  for (const auto& requirement : selector->match_expressions)
    labels[requirement.key] = requirement.values.empty() ? "x" : requirement.values.front();
  fuzz::require(selector->matches(labels) == again->matches(labels), "both match its own values alike");
  return 0;
}
