#include "operator/terraform/protocol.hpp"

#include <charconv>

namespace causeway::op::terraform {

namespace json = kube::json;

std::string state_suffix(std::string_view cluster_uid) {
  std::string suffix = "c";  // no dash before it, so never "-<number>"
  for (char c : cluster_uid) {
    if (c != '-') suffix += c;
  }
  return suffix;
}

bool is_terminal(ErrorClass c) {
  switch (c) {
    case ErrorClass::Authentication:
    case ErrorClass::Quota:
    case ErrorClass::Configuration:
    case ErrorClass::StateLost:
      return true;
    case ErrorClass::None:
    case ErrorClass::Throttling:
    case ErrorClass::Network:
    case ErrorClass::Lock:
    case ErrorClass::StalePlan:
    case ErrorClass::Other:
      return false;
  }
  return false;
}

std::string_view reason_of(ErrorClass c) {
  switch (c) {
    case ErrorClass::None:
      return "Succeeded";
    case ErrorClass::Authentication:
      return "AuthenticationFailed";
    case ErrorClass::Quota:
      return "QuotaExceeded";
    case ErrorClass::Configuration:
      return "InvalidConfiguration";
    case ErrorClass::StateLost:
      return "StateLost";
    case ErrorClass::Throttling:
      return "Throttled";
    case ErrorClass::Network:
      return "NetworkError";
    case ErrorClass::Lock:
      return "StateLocked";
    case ErrorClass::StalePlan:
      return "PlanStale";
    case ErrorClass::Other:
      return "RunFailed";
  }
  return "RunFailed";
}

std::optional<std::int64_t> run_number(std::string_view run_id) {
  if (!run_id.starts_with(names::kJobPrefix)) return std::nullopt;
  run_id.remove_prefix(names::kJobPrefix.size());
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(run_id.data(), run_id.data() + run_id.size(), number);
  if (error != std::errc() || end != run_id.data() + run_id.size() || number < 0) return std::nullopt;
  return number;
}

std::string run_name(std::int64_t number) {
  return std::string(names::kJobPrefix) + std::to_string(number);
}

namespace {

template <class T>
base::Result<T> parse(std::string_view text, std::string_view what) {
  boost::system::error_code error;
  auto value = json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error) return base::Error{base::ErrorCode::kProtocol, std::string(what) + " is not JSON: " + error.message()};
  auto parsed = kube::from_json<T>(value);
  if (!parsed) return base::Error{base::ErrorCode::kProtocol, std::string(what) + ": " + parsed.error().message};
  return std::move(*parsed);
}

}  // namespace

std::string to_text(const RunInput& input) {
  return json::serialize(kube::to_json(input));
}
std::string to_text(const RunResult& result) {
  return json::serialize(kube::to_json(result));
}
base::Result<RunInput> parse_input(std::string_view text) {
  return parse<RunInput>(text, "the run's input");
}
base::Result<RunResult> parse_result(std::string_view text) {
  return parse<RunResult>(text, "the run's result");
}

}  // namespace causeway::op::terraform
