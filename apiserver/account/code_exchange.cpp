#include "apiserver/account/code_exchange.hpp"

#include "apiserver/account/signing_in.hpp"
#include "apiserver/persistence/problem.hpp"
#include "base/log.hpp"

namespace causeway::api::account {

using persistence::problem_of;
using rest::Answer, rest::Problem;

rest::Outcome<SentCode> send_code(const Accounts& accounts, rest::Call& call, Purpose purpose, const Identifier& to,
                                  std::optional<std::int64_t> user) {
  const auto browser = browser_secret(accounts, call);
  const auto now = accounts.clock.wall();
  auto issued = accounts.codes.issue({purpose, to, browser, std::string(call.client_address()), user}, now);
  if (!issued) return problem_of(issued.error());
  if (const auto* wait = std::get_if<CodeStore::Wait>(&*issued)) {
    const auto seconds = std::to_string(wait->seconds.count());
    return Problem(rest::kTooManyRequests, "codes were sent already; the next one can be sent in " + seconds + " s")
        .with("Retry-After", seconds);
  }
  const auto& code = std::get<CodeStore::Issued>(*issued);
  if (auto sent = accounts.delivery.deliver(to, code.code, code.expires_at); !sent) {
    base::log::error("a code was not delivered", {{"to", masked(to)}, {"error", sent.error().message}});
    return rest::unavailable("the code cannot be delivered right now", std::chrono::seconds(60));
  }
  return Answer<SentCode>{{masked(to), base::format_time(code.expires_at)}};
}

base::Result<void, Problem> redeem_code(const Accounts& accounts, const rest::Call& call, Purpose purpose,
                                        const Identifier& to, const std::string& typed,
                                        const rest::ProblemKind& wrong) {
  const auto digits = parse_code(typed);
  if (!digits) return Problem(rest::kInvalid, "the code cannot be right").at("#/code", "has to be six digits");
  const Problem over(wrong,
                     "there is no code to be tried: it was used, is over, was for another browser, or was tried "
                     "too often. Ask for a new one");
  const auto browser = accounts.browser_cookie.read(call.request().headers);
  if (!browser) return over;
  auto verdict = accounts.codes.redeem({purpose, to, *browser, std::string(call.client_address()), std::nullopt},
                                       *digits, accounts.clock.wall());
  if (!verdict) return problem_of(verdict.error());
  if (*verdict == CodeStore::Verdict::kNone) return over;
  if (*verdict == CodeStore::Verdict::kWrong) return Problem(wrong, "this is not the code that was sent");
  return {};
}

}  // namespace causeway::api::account
