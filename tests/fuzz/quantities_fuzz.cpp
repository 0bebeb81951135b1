#include "kube/core/quantity.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace causeway;
  const auto text = fuzz::text_of(data, size);
  if (const auto quantity = kube::Quantity::parse(text)) {
    const auto again = kube::Quantity::parse(quantity->to_string());
    fuzz::require(again.ok() && *again == *quantity, "a quantity's text is the quantity");
    const auto above = quantity->whole() - quantity->milli() / 1000;
    fuzz::require(above == 0 || above == 1, "whole() rounds up");
  } else {
    fuzz::require(quantity.error().message.find("write for example") != std::string::npos, "what is right is said");
  }
  if (const auto duration = kube::parse_duration(text)) {
    fuzz::require(*duration >= base::Duration::zero(), "a duration is not negative");
    const auto again = kube::parse_duration(kube::format_duration(*duration));
    fuzz::require(again.ok() && *again == *duration, "a duration's text is the duration");
  } else {
    fuzz::require(duration.error().message.find("write for example") != std::string::npos, "what is right is said");
  }
  return 0;
}
