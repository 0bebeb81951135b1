#include "apiserver/account/views.hpp"

#include "apiserver/render/document.hpp"

namespace causeway::api::account {
namespace {

template <class T>
T of(const PublicProfile& profile) {
  T out;
  out.id = std::to_string(profile.id);
  out.name = profile.name;
  out.display_name = profile.display_name;
  out.introduction = profile.introduction;
  if (!profile.introduction.empty()) out.introduction_html = render::render_markdown(profile.introduction).html;
  out.website = profile.website;
  out.avatar = avatar_address(profile.name, profile.avatar);
  out.created_at = base::format_time(profile.created_at);
  return out;
}

}  // namespace

Identity identity_of(const rest::Call& call) {
  const auto* me = session::signed_in(call);
  // Who has not given the second factor is nobody yet.
  if (!me || me->due == rest::Due::kSecondFactor)
    return {.role = "visitor",
            .id = {},
            .name = {},
            .initialised = false,
            .needs = std::string(to_string(call.caller().due)),
            .proof = {}};
  return {.role = me->person.administrator ? "administrator" : "user",
          .id = me->id,
          .name = me->name,
          .initialised = me->person.initialised,
          .needs = std::string(to_string(me->due)),
          .proof = me->session_id == 0 ? "token" : "session"};
}

std::string avatar_address(const std::string& name, const std::string& sha256) {
  if (sha256.empty()) return {};
  // The picture's digest is in the address, so that it may be kept for ever.
  return "/api/v1/users/" + name + "/avatar?v=" + sha256.substr(0, 16);
}

User user_of(const PublicProfile& profile) {
  User user = of<User>(profile);
  user.followers = profile.followers;
  user.following = profile.following;
  return user;
}

Me me_of(const Profile& profile) {
  Me me = of<Me>(profile);
  me.mobile = profile.mobile;
  me.email = profile.email;
  me.email_verified = profile.email_verified;
  me.notification = profile.notification;
  me.initialised = profile.initialised;
  me.administrator = profile.administrator;
  me.has_password = profile.has_password;
  me.second_factor = profile.second_factor;
  me.recovery_codes = profile.recovery_codes;
  if (profile.last_login_at) me.last_login_at = base::format_time(*profile.last_login_at);
  return me;
}

}  // namespace causeway::api::account
