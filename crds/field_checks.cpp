#include "crds/field_checks.hpp"

#include "base/clock.hpp"
#include "crds/patterns.hpp"
#include "kube/core/quantity.hpp"

namespace causeway::crds {

std::string FieldError::to_string() const {
  return path + ": " + message + (accepted.empty() ? "" : "; accepted: " + accepted);
}

std::string to_string(const FieldErrors& errors) {
  std::string text;
  for (const FieldError& error : errors) text.append(text.empty() ? "" : "; ").append(error.to_string());
  return text;
}

namespace checks {

namespace {

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

// In characters, as the API server counts.
std::int64_t length_of(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool format_holds(std::string_view format, std::string_view value, std::string& accepted) {
  if (format == "quantity") {
    accepted = "a quantity, for example \"500m\", \"2\" or \"1.5Gi\"";
    const auto quantity = kube::Quantity::parse(value);
    return quantity.ok() && quantity->milli() >= 0;
  }
  if (format == "duration") {
    accepted = "a duration, for example \"30s\", \"5m\" or \"1h30m\"";
    return kube::parse_duration(value).ok();
  }
  if (format == "decimal") {
    accepted = "a decimal number in quotes, for example \"1.50\"";
    return value.size() <= kMaxDecimalLength && matches_pattern(value, kDecimalPattern);
  }
  if (format == "cidr") {
    accepted = "an address range, for example \"10.20.0.0/16\" or \"2001:db8::/48\"";
    AddressRange range;
    return parse_cidr(value, range);
  }
  if (format == "date-time") {
    accepted = "a time, for example \"2026-11-24T10:00:00Z\"";
    return base::parse_time(value).ok();
  }
  return true;
}

}  // namespace

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

void text(const kube::Row& row, const std::string& path, std::string_view value, FieldErrors& errors) {
  const std::int64_t length = length_of(value);
  if (row.max_length != kube::kUnset && length > row.max_length) {
    errors.push_back({path, "is " + std::to_string(length) + " characters long",
                      "at most " + std::to_string(row.max_length) + " characters"});
    return;
  }
  if (row.min_length != kube::kUnset && length < row.min_length) {
    errors.push_back({path, "is too short", "at least " + std::to_string(row.min_length) + " characters"});
    return;
  }
  std::string accepted;
  if (!row.format.empty() && !format_holds(row.format, value, accepted)) {
    errors.push_back({path, quoted(value) + " is not valid", accepted});
  } else if (!row.pattern.empty() && !matches_pattern(value, row.pattern)) {
    errors.push_back({path, quoted(value) + " is not valid", describe_pattern(row.pattern)});
  }
}

void number(const kube::Row& row, const std::string& path, std::int64_t value, FieldErrors& errors) {
  const bool low = row.minimum != kube::kUnset && value < row.minimum;
  const bool high = row.maximum != kube::kUnset && value > row.maximum;
  if (!low && !high) return;
  std::string accepted;
  if (row.minimum != kube::kUnset) accepted = "at least " + std::to_string(row.minimum);
  if (row.maximum != kube::kUnset) {
    accepted = row.minimum == kube::kUnset ? "at most " + std::to_string(row.maximum)
                                           : std::to_string(row.minimum) + " to " + std::to_string(row.maximum);
  }
  errors.push_back({path, std::to_string(value) + (low ? " is too small" : " is too large"), accepted});
}

void item_count(const kube::Row& row, const std::string& path, std::size_t count, FieldErrors& errors) {
  if (row.max_items != kube::kUnset && std::cmp_greater(count, row.max_items)) {
    errors.push_back({path, "has " + std::to_string(count) + " items", "at most " + std::to_string(row.max_items)});
  }
}

void entry_count(const kube::Row& row, const std::string& path, std::size_t count, FieldErrors& errors) {
  if (row.max_properties != kube::kUnset && std::cmp_greater(count, row.max_properties)) {
    errors.push_back(
        {path, "has " + std::to_string(count) + " entries", "at most " + std::to_string(row.max_properties)});
  }
}

void value_length(const kube::Row& row, const std::string& path, std::string_view value, FieldErrors& errors) {
  if (row.max_value_length != kube::kUnset && length_of(value) > row.max_value_length) {
    errors.push_back({path, "is " + std::to_string(length_of(value)) + " characters long",
                      "at most " + std::to_string(row.max_value_length) + " characters"});
  }
}

void missing(const std::string& path, const kube::Row& row, FieldErrors& errors) {
  errors.push_back({path, "is missing", std::string(row.doc)});
}

void duplicate(const std::string& path, std::string_view value, FieldErrors& errors) {
  errors.push_back({path, quoted(value) + " is there twice", "each at most once"});
}

void changed(const std::string& path, FieldErrors& errors) {
  errors.push_back({path, "cannot be changed", "the value it had; or create a new object instead"});
}

}  // namespace checks

}  // namespace causeway::crds
