#include <array>
#include <utility>

#include "apiserver/rest/api_impl.hpp"
#include "apiserver/rest/field_value.hpp"
#include "apiserver/rest/media_type.hpp"

namespace causeway::api::rest {
namespace {

// Beside those that base refuses: of two, two readers may believe different ones.
constexpr std::array<std::string_view, 7> kSingle{"Cookie",
                                                  "Sec-Fetch-Site",
                                                  "Idempotency-Key",
                                                  "X-Causeway-User",
                                                  "X-Causeway-Identity",
                                                  "X-Forwarded-Proto",
                                                  "X-Causeway-Request"};

std::optional<Problem> refused_header(const base::Headers& headers) {
  std::array<bool, kSingle.size()> seen{};
  for (const auto& [name, value] : headers) {
    for (std::size_t i = 0; i < kSingle.size(); ++i) {
      if (!same_text(name, kSingle[i])) continue;
      if (std::exchange(seen[i], true)) return Problem(kBadRequest, name + " is there more than once");
    }
  }
  return std::nullopt;
}

// Of "{name...}": an escaped slash can hide what the router has refused.
bool leaves_its_place(std::string_view text) {
  const std::string path = "/" + std::string(text);
  const auto segments = split_path(path);
  if (!segments) return true;
  for (const std::string_view segment : *segments) {
    if (segment.empty() || segment == "." || segment == "..") return true;
  }
  return false;
}

}  // namespace

std::optional<Problem> Api::Impl::admit(Call& call, const PreparedRoute& route) {
  static const auto kVisitor = std::make_shared<const Caller>();
  if (route.route.quiet) {
    // A probe must not depend on where sessions are kept.
    call.caller_ = kVisitor;
    return std::nullopt;
  }
  if (auto refusal = refused_header(call.request().headers)) return refusal;
  if (route.route.own_proof) {
    call.caller_ = kVisitor;
    return std::nullopt;
  }
  auto caller = authenticator.authenticate(call.request(), call.client_address(), call.answer_headers_);
  // A proof that is refused counts for its address: who makes proofs up is stopped like who needs none.
  // So does who has not proven all yet: with a password that was stolen, nobody uses up what its owner may ask.
  const std::string id = caller && (*caller)->due != Due::kSecondFactor ? (*caller)->id : std::string();
  if (route.rate) {
    const auto verdict = limiter.take(*route.rate, id.empty() ? "a" + rate_key(call.client_address()) : "u" + id);
    limiter.describe(*route.rate, verdict, call.answer_headers_);
    if (!verdict.allowed)
      return Problem(kTooManyRequests, "try again in " + std::to_string(verdict.retry_after.count()) + " s");
  }
  if (!caller) return caller.error();
  call.caller_ = std::move(*caller);
  if (auto refusal = objection(*call.caller_, route.route.access)) return refusal;
  return cross_site(call, route);
}

std::optional<Problem> Api::Impl::cross_site(const Call& call, const PreparedRoute& route) const {
  if (!route.changes || call.caller_->proof == Proof::kAuthorization) return std::nullopt;
  const bool safe = route.route.method == Method::kGet;
  if (safe && call.caller_->proof == Proof::kNothing) return std::nullopt;  // nothing of anybody's to change
  const auto& headers = call.request().headers;
  std::optional<std::string> why;
  if (origins.empty()) {
    // Nobody told us our name: what the browser asked for has to do.
    const std::string host(headers.get("Host").value_or(""));
    why = cross_site_objection(headers, safe, {"http://" + host, "https://" + host});
  } else {
    why = cross_site_objection(headers, safe, origins);
  }
  if (why) return Problem(kCrossSite, *why);
  return std::nullopt;
}

std::optional<Problem> Api::Impl::read_parameters(Call& call, const PreparedRoute& route, const Router::Match& match,
                                                  Inputs& inputs) const {
  if (!route.path_names.empty()) {
    QueryParameters values;
    for (std::size_t i = 0; i < route.path_names.size(); ++i) {
      auto text = decode_text(match.parameters[i]);
      if (!text) return Problem(kBadRequest, "the path's " + route.path_names[i] + " " + text.error().message);
      const bool tail = i + 1 == route.path_names.size() && route.route.path.ends_with("...}");
      if (tail && leaves_its_place(*text)) return Problem(kNotFound, "there is nothing at this address");
      values.emplace_back(route.path_names[i], std::move(*text));
    }
    std::vector<ProblemField> errors;
    inputs.path = route.path.read(values, errors);
    // A name that nothing can have names nothing; and nobody learns more of what is private.
    if (!errors.empty()) return Problem(kNotFound, "there is nothing at this address");
  }
  if (route.route.foreign_query) return std::nullopt;
  const std::string_view query = call.request().query();
  if (query.empty() && !route.route.run.query) return std::nullopt;
  auto parameters = parse_query(query);
  if (!parameters) return Problem(kBadRequest, "the query " + parameters.error().message);
  call.query_ = std::move(*parameters);
  Problem problem(kBadParameter, "the query has what is not valid");
  inputs.query = route.query.read(call.query_, problem.errors);
  if (!problem.errors.empty()) return problem;
  return std::nullopt;
}

std::optional<Problem> Api::Impl::body_objection(const Call& call, const PreparedRoute& route) const {
  const auto& headers = call.request().headers;
  if (route.body == nullptr) {
    if (!has_body(call.request())) return std::nullopt;
    return Problem(kBadRequest, "this takes no body");
  }
  const auto coding = headers.get("Content-Encoding");
  if (coding && !same_text(*coding, "identity"))
    return Problem(kUnsupportedMedia, "the body has to come as it is, without Content-Encoding")
        .with("Accept-Encoding", "identity");
  const auto type = headers.get("Content-Type");
  if (!type) return Problem(kUnsupportedMedia, "the body needs the content type application/json");
  if (!is_media_type(*type, "application/json"))
    return Problem(kUnsupportedMedia, "the body has to be application/json, not " + std::string(*type));
  return std::nullopt;
}

}  // namespace causeway::api::rest
