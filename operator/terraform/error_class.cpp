#include "operator/terraform/error_class.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <optional>

namespace causeway::op::terraform {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

struct Pattern {
  std::string_view text;  // lower case, found anywhere in summary and detail
  ErrorClass meaning;
};

// The first that is found decides, so what is more particular comes first: RequestLimitExceeded is throttling, although
// LimitExceeded is a quota. Codes of AWS, Tencent Cloud and Alibaba Cloud.
constexpr std::array kPatterns{
    Pattern{"error acquiring the state lock", ErrorClass::Lock},
    Pattern{"saved plan is stale", ErrorClass::StalePlan},
    // The run's own rights arrive a moment after its namespace: not the cloud's credentials.
    Pattern{"cannot list resource \"secrets\" in api group", ErrorClass::Other},
    Pattern{"is forbidden: user \"system:serviceaccount:", ErrorClass::Other},

    Pattern{"requestlimitexceeded", ErrorClass::Throttling},
    Pattern{"throttl", ErrorClass::Throttling},
    Pattern{"toomanyrequests", ErrorClass::Throttling},
    Pattern{"too many requests", ErrorClass::Throttling},
    Pattern{"rate exceeded", ErrorClass::Throttling},
    Pattern{"slowdown", ErrorClass::Throttling},
    Pattern{"returned error: 429", ErrorClass::Throttling},
    Pattern{"statuscode: 429", ErrorClass::Throttling},

    Pattern{"quota", ErrorClass::Quota},
    Pattern{"limitexceeded", ErrorClass::Quota},
    Pattern{"limit exceeded", ErrorClass::Quota},
    Pattern{"insufficientbalance", ErrorClass::Quota},
    Pattern{"resourceinsufficient", ErrorClass::Quota},
    Pattern{"resourcessoldout", ErrorClass::Quota},
    Pattern{"insufficientinstancecapacity", ErrorClass::Quota},
    Pattern{"returned error: 507", ErrorClass::Quota},

    Pattern{"authfailure", ErrorClass::Authentication},
    Pattern{"invalidclienttokenid", ErrorClass::Authentication},
    Pattern{"signaturedoesnotmatch", ErrorClass::Authentication},
    Pattern{"unrecognizedclientexception", ErrorClass::Authentication},
    Pattern{"invalidaccesskeyid", ErrorClass::Authentication},
    Pattern{"expiredtoken", ErrorClass::Authentication},
    Pattern{"unauthorizedoperation", ErrorClass::Authentication},
    Pattern{"accessdenied", ErrorClass::Authentication},
    Pattern{"access denied", ErrorClass::Authentication},
    Pattern{"forbidden.ram", ErrorClass::Authentication},
    Pattern{"no valid credential", ErrorClass::Authentication},
    Pattern{"invalid credentials", ErrorClass::Authentication},
    Pattern{"statuscode: 401", ErrorClass::Authentication},
    Pattern{"statuscode: 403", ErrorClass::Authentication},
    Pattern{"returned error: 401", ErrorClass::Authentication},
    Pattern{"returned error: 403", ErrorClass::Authentication},

    Pattern{"invalid value for variable", ErrorClass::Configuration},
    Pattern{"invalid value for input variable", ErrorClass::Configuration},
    Pattern{"no value for required variable", ErrorClass::Configuration},
    Pattern{"invalid variable", ErrorClass::Configuration},
    Pattern{"unsupported argument", ErrorClass::Configuration},
    Pattern{"unsupported attribute", ErrorClass::Configuration},
    Pattern{"unsupported block type", ErrorClass::Configuration},
    Pattern{"missing required argument", ErrorClass::Configuration},
    Pattern{"incorrect attribute value type", ErrorClass::Configuration},
    Pattern{"invalid reference", ErrorClass::Configuration},
    Pattern{"reference to undeclared", ErrorClass::Configuration},
    Pattern{"invalid function argument", ErrorClass::Configuration},
    Pattern{"error in function call", ErrorClass::Configuration},
    Pattern{"invalid expression", ErrorClass::Configuration},
    Pattern{"argument or block definition required", ErrorClass::Configuration},
    Pattern{"unsupported terraform core version", ErrorClass::Configuration},
    Pattern{"unsupported opentofu core version", ErrorClass::Configuration},
    Pattern{"inconsistent dependency lock file", ErrorClass::Configuration},
    Pattern{"module not installed", ErrorClass::Configuration},
    Pattern{"failed to query available provider packages", ErrorClass::Configuration},
    Pattern{"resource precondition failed", ErrorClass::Configuration},
    Pattern{"no configuration files", ErrorClass::Configuration},
    Pattern{"invalidparameter", ErrorClass::Configuration},
    Pattern{"unsupported output format", ErrorClass::Configuration},
    Pattern{"returned error: 400", ErrorClass::Configuration},
    Pattern{"returned error: 422", ErrorClass::Configuration},

    Pattern{"connection refused", ErrorClass::Network},
    Pattern{"connection reset", ErrorClass::Network},
    Pattern{"broken pipe", ErrorClass::Network},
    Pattern{"no such host", ErrorClass::Network},
    Pattern{"i/o timeout", ErrorClass::Network},
    Pattern{"handshake timeout", ErrorClass::Network},
    Pattern{"context deadline exceeded", ErrorClass::Network},
    Pattern{"client.timeout", ErrorClass::Network},
    Pattern{"unexpected eof", ErrorClass::Network},
    Pattern{": eof", ErrorClass::Network},
    Pattern{"network is unreachable", ErrorClass::Network},
    Pattern{"no route to host", ErrorClass::Network},
    Pattern{"temporary failure in name resolution", ErrorClass::Network},
    Pattern{"could not resolve", ErrorClass::Network},
    Pattern{"couldn't connect to server", ErrorClass::Network},
    Pattern{"failed to connect", ErrorClass::Network},
    Pattern{"curl: (7)", ErrorClass::Network},
    Pattern{"curl: (28)", ErrorClass::Network},
    Pattern{"curl: (52)", ErrorClass::Network},
    Pattern{"curl: (56)", ErrorClass::Network},
    Pattern{"internalerror", ErrorClass::Network},
    Pattern{"service unavailable", ErrorClass::Network},
    Pattern{"returned error: 500", ErrorClass::Network},
    Pattern{"returned error: 502", ErrorClass::Network},
    Pattern{"returned error: 503", ErrorClass::Network},
    Pattern{"returned error: 504", ErrorClass::Network},
};

// Which of several decides; the lowest.
int rank(ErrorClass c) {
  switch (c) {
    case ErrorClass::Lock:
      return 0;
    case ErrorClass::StalePlan:
      return 1;
    case ErrorClass::StateLost:
      return 2;
    case ErrorClass::Authentication:
      return 3;
    case ErrorClass::Quota:
      return 4;
    case ErrorClass::Configuration:
      return 5;
    case ErrorClass::Throttling:
      return 6;
    case ErrorClass::Network:
      return 7;
    case ErrorClass::Other:
      return 8;
    case ErrorClass::None:
      return 9;
  }
  return 9;
}

const crds::Diagnostic* deciding(const std::vector<crds::Diagnostic>& diagnostics) {
  const crds::Diagnostic* best = nullptr;
  int best_rank = rank(ErrorClass::None);
  for (const auto& d : diagnostics) {
    if (d.severity != crds::Severity::Error) continue;
    if (int r = rank(classify(d)); r < best_rank) {
      best = &d;
      best_rank = r;
    }
  }
  return best;
}

// The detail without what is only the machinery's: where a validation stands, and the command a provisioner ran.
std::string said(const crds::Diagnostic& diagnostic) {
  std::string detail = diagnostic.detail;
  if (auto at = detail.find("\n\nThis was checked by the validation rule at"); at != detail.npos) detail.erase(at);
  // "Error running command '<the whole command>': exit status 22. Output: <what it said>"
  if (detail.starts_with("Error running command ")) {
    if (auto output = detail.find(". Output: "); output != detail.npos) detail.erase(0, output + 10);
  }
  while (!detail.empty() && std::isspace(static_cast<unsigned char>(detail.back()))) detail.pop_back();
  return detail;
}

}  // namespace

ErrorClass classify(const crds::Diagnostic& diagnostic) {
  if (diagnostic.severity != crds::Severity::Error) return ErrorClass::None;
  const std::string text = lower(diagnostic.summary + "\n" + said(diagnostic));
  for (const auto& pattern : kPatterns) {
    if (text.find(pattern.text) != text.npos) return pattern.meaning;
  }
  return ErrorClass::Other;
}

ErrorClass classify(const std::vector<crds::Diagnostic>& diagnostics) {
  const auto* decides = deciding(diagnostics);
  return decides ? classify(*decides) : ErrorClass::None;
}

std::string explain(const std::vector<crds::Diagnostic>& diagnostics) {
  const auto* decides = deciding(diagnostics);
  if (!decides) return {};
  const std::string detail = said(*decides);
  std::string text = detail.empty() ? decides->summary
                     : classify(*decides) == ErrorClass::Configuration && decides->summary.starts_with("Invalid value")
                         ? detail
                         : decides->summary + ": " + detail;
  if (!decides->address.empty()) text = decides->address + ": " + text;
  return text;
}

}  // namespace causeway::op::terraform
