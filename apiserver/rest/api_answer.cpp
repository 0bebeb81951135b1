#include "apiserver/rest/api_impl.hpp"
#include "apiserver/rest/etag.hpp"
#include "apiserver/rest/field_value.hpp"
#include "apiserver/rest/json_body.hpp"
#include "apiserver/rest/media_type.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api::rest {
namespace {

std::string accept_of(const base::Headers& headers) {
  std::string all;
  for (const auto& [name, value] : headers) {
    if (same_text(name, "Accept")) all.append(all.empty() ? "" : ", ").append(value);
  }
  return all;
}

}  // namespace

base::HttpResponse Api::Impl::response_of(Call& call, const PreparedRoute& route,
                                          base::Result<Reply, Problem> outcome) {
  const auto& request = call.request();
  if (outcome && route.route.etag && !outcome->etag.empty() && route.route.method == Method::kGet) {
    switch (judge(request.headers, request.method, outcome->etag)) {
      case Precondition::kHolds:
        break;
      case Precondition::kNotModified:
        outcome->status = 304;
        outcome->body.clear();
        break;
      case Precondition::kFails:
        outcome = Problem(kPreconditionFailed, "it is not as it was when you read it");
        break;
      case Precondition::kMalformed:
        outcome = Problem(kBadRequest, "If-Match or If-None-Match is not a list of entity tags");
        break;
    }
  }
  base::HttpResponse response;
  if (!outcome) {
    call.problem_ = outcome.error().kind.slug;
    response = to_response(outcome.error(), call.request_id());
  } else {
    Reply& reply = *outcome;
    response.status = reply.status != 0 ? reply.status : route.success;
    response.headers = std::move(reply.headers);
    if (!reply.body.empty() && !response.headers.get("Content-Type"))
      response.headers.add("Content-Type", std::string(route.route.content_type));
    if (!reply.etag.empty()) {
      response.headers.set("ETag", std::move(reply.etag));
      // What everybody sees may be kept and asked for again; what somebody sees is nobody else's (security headers).
      if (call.caller_->role == Role::kVisitor && !response.headers.get("Cache-Control")) {
        response.headers.add("Cache-Control", "no-cache");
        response.headers.add("Vary", "Cookie, Authorization");
      }
    }
    response.body = std::move(reply.body);
  }
  const auto status = static_cast<std::size_t>(response.status);
  if (status >= route.declared.size() || !route.declared.test(status))
    base::log::error("a route answered with a status that it does not declare",
                     {{"route", route.name}, {"status", response.status}});
  return response;
}

base::HttpResponse Api::Impl::answer(Call& call, const PreparedRoute& route, const Router::Match& match) {
  const auto refuse = [&](Problem problem) { return response_of(call, route, std::move(problem)); };
  if (auto problem = admit(call, route)) return refuse(std::move(*problem));
  const bool has_content = route.route.run.answer || route.route.run.raw_answer;
  if (has_content && !accepts(accept_of(call.request().headers), route.route.content_type))
    return refuse(Problem(kNotAcceptable, "this is answered as " + std::string(route.route.content_type)));
  Inputs inputs;
  if (auto problem = read_parameters(call, route, match, inputs)) return refuse(std::move(*problem));
  if (route.route.if_match && !call.request().headers.get("If-Match"))
    return refuse(Problem(kPreconditionMissing, "say with If-Match which version is to be changed"));
  if (auto problem = body_objection(call, route)) return refuse(std::move(*problem));
  if (route.body == nullptr) return answer_once(call, route, inputs, {});

  auto body = RequestBody::read(call.exchange(), route.route.max_body, clock, call.deadline(), budget);
  if (!body) return refuse(body.error());
  if (!body->take(parsed_bytes(body->text()))) return refuse(memory_is_full());
  auto value = parse_body(body->text(), *route.body);
  if (!value) return refuse(value.error());
  inputs.body = std::move(*value);
  return answer_once(call, route, inputs, body->text());
}

base::HttpResponse Api::Impl::answer_once(Call& call, const PreparedRoute& route, const Inputs& inputs,
                                          std::string_view body) {
  if (!route.route.idempotency_key) return response_of(call, route, route.route.run.reply(call, inputs));
  const auto& request = call.request();
  const auto sent = request.headers.get("Idempotency-Key");
  if (!sent)
    return response_of(call, route, Problem(kKeyMissing, "send an Idempotency-Key, new for each thing wanted"));
  const auto parsed = parse_idempotency_key(*sent);
  if (!parsed)
    return response_of(call, route, Problem(kBadRequest, "an Idempotency-Key is 1 to 255 visible ASCII characters"));
  std::string asked = request.target + "\n";
  const IdempotencyKey key{call.caller().id, route.name, *parsed, base::sha256_hex(asked.append(body))};

  auto begun = idempotency->begin(key);
  if (!begun) {
    base::log::error("the store of idempotency keys does not answer", {{"error", begun.error().message}});
    return response_of(call, route, unavailable("this cannot be done safely right now", std::chrono::seconds(1)));
  }
  switch (begun->state) {
    case IdempotencyStore::State::kInFlight:
      return response_of(
          call, route, Problem(kKeyInFlight, "ask again when the first request is answered").with("Retry-After", "1"));
    case IdempotencyStore::State::kOtherRequest:
      return response_of(call, route, Problem(kKeyReused, "take a new key for another request"));
    case IdempotencyStore::State::kUnanswered:
      return response_of(call, route, Problem(kKeyUnanswered, "look for what was made; it is not made again"));
    case IdempotencyStore::State::kDone:
      begun->answer->headers.set("Idempotency-Replayed", "true");
      return std::move(*begun->answer);
    case IdempotencyStore::State::kBegun:
      break;
  }
  base::HttpResponse response;
  call.idempotency_key_ = &key;
  try {
    response = response_of(call, route, route.route.run.reply(call, inputs));
  } catch (...) {
    idempotency->abandon(key);
    throw;
  }
  if (response.status >= 500 || response.status == 429) {
    idempotency->abandon(key);
  } else if (auto kept = idempotency->finish(key, response); !kept) {
    base::log::error("an answer could not be kept for its Idempotency-Key", {{"error", kept.error().message}});
  }
  return response;
}

}  // namespace causeway::api::rest
