#include "onebox/plan/problem.hpp"

#include "kube/core/object.hpp"

namespace causeway::onebox {

namespace {

using base::ErrorCode;

std::string_view title(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Internal Server Error";
  }
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 422;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kAlreadyExists:
      return 409;
    case ErrorCode::kPermission:
      return 403;
    case ErrorCode::kTimeout:
      return 504;
    case ErrorCode::kUnavailable:
    case ErrorCode::kConnect:
      return 503;
    default:
      return 500;
  }
}

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
    case 422:
      return ErrorCode::kInvalidArgument;
    case 403:
      return ErrorCode::kPermission;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kAlreadyExists;
    case 504:
      return ErrorCode::kTimeout;
    case 429:
    case 503:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

base::HttpResponse problem(int status, const std::string& detail) {
  auto response = base::json_response(
      status, kube::json::serialize(kube::json::object{
                  {"type", "about:blank"}, {"title", title(status)}, {"status", status}, {"detail", detail}}));
  response.headers.set("Content-Type", "application/problem+json");
  return response;
}

base::HttpResponse problem_of(const base::Error& error) {
  return problem(status_of(error.code), error.message);
}

base::Error error_of(const base::HttpResponse& response) {
  boost::system::error_code parse_error;
  auto value = kube::json::parse(response.body, parse_error);
  std::string detail = response.body;
  if (!parse_error && value.is_object())
    if (auto text = kube::string_at(value.get_object(), "detail"); !text.empty()) detail = std::string(text);
  return {code_of(response.status), detail.empty() ? "status " + std::to_string(response.status) : detail};
}

}  // namespace causeway::onebox
