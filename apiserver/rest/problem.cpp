#include "apiserver/rest/problem.hpp"

#include <boost/json.hpp>
#include <utility>

#include "apiserver/rest/problem_body.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::api::rest {

Problem& Problem::at(std::string pointer, std::string detail) & {
  errors.push_back({std::move(pointer), {}, std::move(detail)});
  return *this;
}

Problem Problem::at(std::string pointer, std::string detail) && {
  return std::move(at(std::move(pointer), std::move(detail)));
}

Problem& Problem::with(std::string_view header, std::string value) & {
  headers.set(header, std::move(value));
  return *this;
}

Problem Problem::with(std::string_view header, std::string value) && {
  return std::move(with(header, std::move(value)));
}

Problem unavailable(std::string detail, std::chrono::seconds retry_after) {
  return Problem(kUnavailable, std::move(detail)).with("Retry-After", std::to_string(retry_after.count()));
}

Problem limit_reached(std::int64_t limit, std::string_view of_what, std::string_view way_out) {
  return {kLimitReached, "the limit is " + std::to_string(limit) + " " + std::string(of_what) + ": " +
                             std::string(way_out) + ", or ask whoever runs the platform for more"};
}

base::HttpResponse to_response(const Problem& problem, std::string_view request_id) {
  ProblemBody body;
  body.type = "urn:causeway:problem:" + std::string(problem.kind.slug);
  body.title = problem.kind.title;
  body.status = problem.kind.status;
  body.detail = problem.message;
  body.instance = request_id;
  for (const ProblemField& field : problem.errors)
    body.errors.push_back({field.pointer, field.parameter, field.detail});
  base::HttpResponse response;
  response.status = problem.kind.status;
  response.headers = problem.headers;
  response.headers.set("Content-Type", std::string(kProblemType));
  response.body = boost::json::serialize(kube::to_json(body));
  if (!kube::codec::valid_utf8(response.body)) {
    // Bytes of a program or a file found their way into a message; an answer that is not JSON helps nobody.
    body.detail = body.title;
    body.errors.clear();
    response.body = boost::json::serialize(kube::to_json(body));
  }
  return response;
}

}  // namespace causeway::api::rest
