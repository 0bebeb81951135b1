#include "kube/core/error.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "kube/core/object.hpp"

namespace causeway::kube {

namespace {

// metav1.StatusReason for an answer that is not a Status object: a proxy's page, an aggregated API's text.
std::string_view reason_of_code(int code) {
  switch (code) {
    case 400:
      return "BadRequest";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 405:
      return "MethodNotAllowed";
    case 406:
      return "NotAcceptable";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "RequestEntityTooLarge";
    case 415:
      return "UnsupportedMediaType";
    case 422:
      return "Invalid";
    case 429:
      return "TooManyRequests";
    case 500:
      return "InternalError";
    case 503:
      return "ServiceUnavailable";
    case 504:
      return "Timeout";
    default:
      return "Unknown";
  }
}

// Retry-After in its seconds form; API servers never send the date form.
std::optional<int> retry_after(const base::HttpResponse& response) {
  const auto text = response.headers.get("Retry-After");
  if (!text) return std::nullopt;
  int seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc{} || end != text->data() + text->size() || seconds < 0) return std::nullopt;
  return seconds;
}

std::string excerpt(std::string_view body) {
  constexpr std::size_t kMax = 512;
  std::string text(body.substr(0, kMax));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

bool Error::namespace_terminating() const {
  return code == 403 &&
         std::ranges::any_of(causes, [](const StatusCause& cause) { return cause.reason == "NamespaceTerminating"; });
}

Error Error::from_status(const json::object& status) {
  Error error;
  error.code = static_cast<int>(int_at(status, "code"));
  error.reason = string_at(status, "reason");
  error.message = string_at(status, "message");
  if (const json::array* causes = array_at(status, "details.causes")) {
    for (const json::value& value : *causes) {
      const json::object* cause = value.if_object();
      if (!cause) continue;
      error.causes.push_back({std::string(string_at(*cause, "reason")), std::string(string_at(*cause, "message")),
                              std::string(string_at(*cause, "field"))});
    }
  }
  if (const std::int64_t seconds = int_at(status, "details.retryAfterSeconds"); seconds > 0) {
    error.retry_after_seconds = static_cast<int>(std::min<std::int64_t>(seconds, 3600));
  }
  if (error.reason.empty()) error.reason = reason_of_code(error.code);
  return error;
}

Error Error::from_response(const base::HttpResponse& response) {
  Error error;
  boost::system::error_code parse_error;
  const json::value body = json::parse(response.body, parse_error);
  const json::object* status = parse_error ? nullptr : body.if_object();
  if (status && string_at(*status, "kind") == "Status") error = from_status(*status);
  error.code = response.status;  // what the wire said; a Status may leave `code` out
  if (error.reason.empty() || error.reason == "Unknown") error.reason = reason_of_code(response.status);
  if (error.message.empty()) {
    const std::string text = excerpt(response.body);
    error.message = "HTTP " + std::to_string(response.status) + (text.empty() ? "" : ": " + text);
  }
  if (const auto seconds = retry_after(response)) error.retry_after_seconds = seconds;
  return error;
}

Error Error::from_transport(const base::Error& cause) {
  Error error;
  error.message = cause.message;
  error.transport = cause.code;
  return error;
}

Error Error::local(std::string message) {
  Error error;
  error.reason = "Internal";
  error.message = std::move(message);
  return error;
}

}  // namespace causeway::kube
