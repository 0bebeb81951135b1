#include "apiserver/activity/activity_routes.hpp"
#include "apiserver/activity/views.hpp"
#include "apiserver/activity/webhook.hpp"
#include "apiserver/persistence/problem.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/encoding.hpp"

namespace causeway::api::activity {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

constexpr std::size_t kSecretDigits = 64;  // 256 bits

struct ChannelView {
  std::string id, url, last_error, created_at;
  std::vector<std::string> kinds;
  bool disabled = false;
  bool operator==(const ChannelView&) const = default;
  static std::string schema_name() { return "Webhook"; }
};
BOOST_DESCRIBE_STRUCT(ChannelView, (), (id, url, kinds, disabled, last_error, created_at))
constexpr auto field_rows(const ChannelView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "url", .doc = "What is asked.", .required = true},
      kube::Row{.member = "kinds", .doc = "Only notifications of these kinds; empty: all.", .always = true},
      kube::Row{
          .member = "disabled", .doc = "Nothing is sent: its owner wants it, or it failed too often.", .always = true},
      kube::Row{.member = "last_error", .doc = "Why the latest delivery did not arrive; absent: it did."},
      kube::Row{.member = "created_at", .doc = "When it was made.", .required = true, .format = "date-time"},
  };
}

struct ChannelList {
  std::vector<ChannelView> items;
  static std::string schema_name() { return "WebhookList"; }
};
BOOST_DESCRIBE_STRUCT(ChannelList, (), (items))
constexpr auto field_rows(const ChannelList*) {
  return std::array{kube::Row{.member = "items", .doc = "All webhooks, the first made first.", .required = true}};
}

struct NewChannel {
  std::string url;
  std::vector<std::string> kinds;
  static std::string schema_name() { return "NewWebhook"; }
};
BOOST_DESCRIBE_STRUCT(NewChannel, (), (url, kinds))
constexpr auto field_rows(const NewChannel*) {
  return std::array{kube::Row{.member = "url",
                              .doc = "`https://HOST/PATH`; the host has to have a public address.",
                              .required = true,
                              .min_length = 1,
                              .max_length = 2048},
                    kKindsRow};
}

struct CreatedChannel {
  std::string secret;
  ChannelView entry;
  static std::string schema_name() { return "CreatedWebhook"; }
};
BOOST_DESCRIBE_STRUCT(CreatedChannel, (), (secret, entry))
constexpr auto field_rows(const CreatedChannel*) {
  return std::array{
      kube::Row{.member = "secret",
                .doc = "The key of the signature in `X-Causeway-Signature-256`: `sha256=` and the HMAC-SHA256 of the "
                       "body in hexadecimal. It is shown this once.",
                .required = true},
      kube::Row{.member = "entry", .doc = "As it stands in the list.", .required = true},
  };
}

struct ChannelChange {
  std::optional<bool> disabled;
  std::optional<std::vector<std::string>> kinds;
  static std::string schema_name() { return "WebhookChange"; }
};
BOOST_DESCRIBE_STRUCT(ChannelChange, (), (disabled, kinds))
constexpr auto field_rows(const ChannelChange*) {
  return std::array{kube::Row{.member = "disabled", .doc = "Whether anything is sent."}, kKindsRow};
}

struct ChannelPath {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(ChannelPath, (), (id))
constexpr auto field_rows(const ChannelPath*) {
  return std::array{kube::Row{.member = "id", .doc = "From the list.", .minimum = 1}};
}

ChannelView view_of(const Channel& channel) {
  return {.id = std::to_string(channel.id),
          .url = channel.url,
          .last_error = channel.last_error,
          .created_at = base::format_time(channel.created_at),
          .kinds = channel.kinds,
          .disabled = channel.disabled};
}

class ChannelRoutes {
 public:
  ChannelRoutes(ChannelStore& store, WebhookRules rules) : store_(store), rules_(std::move(rules)) {}

  Outcome<ChannelList> list(Call& call) const {
    auto found = store_.list(me(call));
    if (!found) return problem_of(found.error());
    Answer<ChannelList> answer;
    for (const auto& channel : *found) answer.value.items.push_back(view_of(channel));
    return answer;
  }

  Outcome<CreatedChannel> create(Call& call, const Body<NewChannel>& body) const {
    if (const auto url = parse_webhook_url(body->url, rules_); !url)
      return Problem(rest::kInvalid, "the address cannot be asked").at("#/url", url.error().message);
    const auto secret = base::random_hex(kSecretDigits);
    auto made = store_.create(me(call), body->url, secret, body->kinds);
    if (!made && made.error().violates("notification_channels_key"))
      return Problem(rest::kConflict, "you have a webhook of this address").at("#/url", "change or delete that one");
    if (!made) return problem_of(made.error());
    if (!*made) return rest::limit_reached(store_.most(), "webhooks of a user", "delete one that is not needed");
    Answer<CreatedChannel> answer{{secret, view_of(**made)}};
    answer.headers.set("Location", "/api/v1/me/webhooks/" + answer.value.entry.id);
    return answer;
  }

  Outcome<ChannelView> change(Call& call, const Path<ChannelPath>& path, const Body<ChannelChange>& body) const {
    auto changed = store_.change(me(call), path->id, body->disabled, body->kinds);
    if (!changed) return problem_of(changed.error());
    if (!*changed) return nothing();
    return Answer<ChannelView>{view_of(**changed)};
  }

  Outcome<void> remove(Call& call, const Path<ChannelPath>& path) const {
    auto removed = store_.remove(me(call), path->id);
    if (!removed) return problem_of(removed.error());
    if (!*removed) return nothing();
    return Answer<void>{};
  }

 private:
  static std::int64_t me(const Call& call) { return session::signed_in(call)->person.id; }
  static Problem nothing() { return {rest::kNotFound, "you have no such webhook"}; }

  ChannelStore& store_;
  WebhookRules rules_;
};

}  // namespace

std::vector<rest::Route> channel_routes(ChannelStore& store, WebhookRules rules) {
  const ChannelRoutes mine(store, std::move(rules));
  const rest::Access reads{rest::Role::kUser, "account:read"}, writes{rest::Role::kUser, "account:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/me/webhooks",
                    .summary = "Where the user's notifications are sent",
                    .tag = "notifications",
                    .access = reads,
                    .problems = {rest::kUnavailable},
                    .run = rest::answers([=](Call& call) { return mine.list(call); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/me/webhooks",
       .summary = "Send the user's notifications to an address",
       .tag = "notifications",
       .description = "A POST of `{\"notification\": …, \"sentAt\": …}` for each, signed, with `X-Causeway-Event` and "
                      "`X-Causeway-Delivery`; again and again for nine hours until the answer is 2xx. 410 ends it.",
       .access = writes,
       .success = 201,
       .problems = {rest::kConflict, rest::kLimitReached, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Body<NewChannel>& body) { return mine.create(call, body); })});
  routes.push_back(
      {.method = Method::kPatch,
       .path = "/api/v1/me/webhooks/{id}",
       .summary = "Change a webhook, or enable it again",
       .tag = "notifications",
       .access = writes,
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<ChannelPath>& path, const Body<ChannelChange>& body) {
         return mine.change(call, path, body);
       })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/me/webhooks/{id}",
       .summary = "Delete a webhook",
       .tag = "notifications",
       .access = writes,
       .problems = {rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<ChannelPath>& path) { return mine.remove(call, path); })});
  return routes;
}

}  // namespace causeway::api::activity
