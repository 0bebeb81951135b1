#include "apiserver/probes.hpp"

#include "apiserver/rest/client_address.hpp"
#include "apiserver/rest/handler.hpp"

namespace causeway::api {
namespace {

// What is behind the gateway asks for itself; who comes through one has no business with either.
std::optional<rest::Problem> from_outside(rest::Call& call) {
  if (call.client_address() == rest::address_of(call.exchange().remote())) return std::nullopt;
  return rest::Problem(rest::kNotFound, "there is nothing at this address");
}

}  // namespace

std::vector<rest::Route> probe_routes(std::function<base::Result<void>()> ready, const base::MetricsRegistry& metrics) {
  using rest::Answer, rest::Call, rest::Outcome, rest::Raw;
  constexpr std::string_view kText = "text/plain; charset=utf-8";
  return {
      {.path = "/healthz",
       .summary = "Whether the process works",
       .tag = "server",
       .content_type = kText,
       .rate = "",
       .quiet = true,
       .run = rest::answers([](Call&) -> Outcome<Raw> { return Answer<Raw>{{"ok\n"}}; })},
      {.path = "/readyz",
       .summary = "Whether it can serve requests; 503 also while it shuts down",
       .tag = "server",
       .problems = {rest::kNotFound},
       .content_type = kText,
       .rate = "",
       .quiet = true,
       .run = rest::answers([ready = std::move(ready)](Call& call) -> Outcome<Raw> {
         if (auto refusal = from_outside(call)) return *refusal;
         if (const auto is = ready(); !is) return rest::unavailable(is.error().message, std::chrono::seconds(2));
         return Answer<Raw>{{"ok\n"}};
       })},
      {.path = "/metrics",
       .summary = "Metrics in Prometheus' text format",
       .tag = "server",
       .problems = {rest::kNotFound},
       .content_type = "text/plain; version=0.0.4; charset=utf-8",
       .rate = "",
       .quiet = true,
       .run = rest::answers([&metrics](Call& call) -> Outcome<Raw> {
         if (auto refusal = from_outside(call)) return *refusal;
         return Answer<Raw>{{metrics.render()}};
       })},
  };
}

}  // namespace causeway::api
