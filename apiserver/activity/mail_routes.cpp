#include "apiserver/activity/activity_routes.hpp"
#include "apiserver/activity/views.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"

namespace causeway::api::activity {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Problem;

namespace {

struct MailView {
  std::vector<std::string> kinds;
  bool enabled = false, disabled = false;
  std::string last_error;
  bool operator==(const MailView&) const = default;
  static std::string schema_name() { return "NotificationMail"; }
};
BOOST_DESCRIBE_STRUCT(MailView, (), (enabled, kinds, disabled, last_error))
constexpr auto field_rows(const MailView*) {
  return std::array{
      kube::Row{.member = "enabled", .doc = "Whether the user asked for them.", .always = true},
      kube::Row{.member = "kinds", .doc = "Only notifications of these kinds; empty: all.", .always = true},
      kube::Row{.member = "disabled",
                .doc = "Nothing is sent any more: it failed too often. Setting it again enables it.",
                .always = true},
      kube::Row{.member = "last_error", .doc = "Why the latest did not get away; absent: it did."},
  };
}

struct MailChoice {
  std::vector<std::string> kinds;
  static std::string schema_name() { return "NotificationMailChoice"; }
};
BOOST_DESCRIBE_STRUCT(MailChoice, (), (kinds))
constexpr auto field_rows(const MailChoice*) {
  return std::array{kKindsRow};
}

MailView view_of(const std::optional<Channel>& channel) {
  if (!channel) return {};
  return {.kinds = channel->kinds, .enabled = true, .disabled = channel->disabled, .last_error = channel->last_error};
}

std::int64_t me(const Call& call) {
  return session::signed_in(call)->person.id;
}

class MailRoutes {
 public:
  MailRoutes(ChannelStore& store, bool sends) : store_(store), sends_(sends) {}

  Outcome<MailView> show(Call& call) const {
    auto found = store_.mail(me(call));
    if (!found) return problem_of(found.error());
    return Answer<MailView>{view_of(*found)};
  }

  Outcome<MailView> set(Call& call, const Body<MailChoice>& body) const {
    if (!sends_) return Problem(rest::kConflict, "this platform sends no mail: it was started without --smtp-url");
    auto set = store_.set_mail(me(call), body->kinds);
    if (!set) return problem_of(set.error());
    if (!*set)
      return Problem(rest::kConflict, "you have no e-mail address that was verified: PUT /api/v1/me/email first");
    return Answer<MailView>{view_of(*set)};
  }

  Outcome<void> remove(Call& call) const {
    auto removed = store_.remove_mail(me(call));
    if (!removed) return problem_of(removed.error());
    return Answer<void>{};
  }

 private:
  ChannelStore& store_;
  bool sends_;
};

}  // namespace

std::vector<rest::Route> mail_routes(ChannelStore& store, bool sends) {
  const MailRoutes mine(store, sends);
  const rest::Access reads{rest::Role::kUser, "account:read"}, writes{rest::Role::kUser, "account:write"};
  const std::string path = "/api/v1/me/notifications/email";
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = path,
                    .summary = "Whether the user gets notifications by e-mail",
                    .tag = "notifications",
                    .access = reads,
                    .problems = {rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.show(call); })});
  routes.push_back(
      {.method = Method::kPut,
       .path = path,
       .summary = "Get notifications by e-mail, at the verified address",
       .tag = "notifications",
       .access = writes,
       .problems = {rest::kConflict, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Body<MailChoice>& body) { return mine.set(call, body); })});
  routes.push_back({.method = Method::kDelete,
                    .path = path,
                    .summary = "Get no notifications by e-mail",
                    .tag = "notifications",
                    .access = writes,
                    .problems = {rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.remove(call); })});
  return routes;
}

}  // namespace causeway::api::activity
