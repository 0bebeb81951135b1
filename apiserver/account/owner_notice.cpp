#include "apiserver/account/owner_notice.hpp"

#include "base/log.hpp"

namespace causeway::api::account {

bool tell_owner(const Accounts& accounts, std::int64_t user, Notice notice) {
  const auto failed = [&](std::string_view why) {
    base::log::error("a user was not told of a change",
                     {{"user", user}, {"notice", std::string(to_string(notice))}, {"error", std::string(why)}});
    return false;
  };
  const auto profile = accounts.store.profile(user);
  if (!profile) return failed(profile.error().message);
  if (!*profile) return false;
  const auto& who = **profile;
  Identifier to{Channel::kEmail, who.email};
  if (who.email.empty() || !who.email_verified) to = {Channel::kMobile, who.mobile};
  if (to.value.empty()) return failed("there is neither a verified address nor a number");
  if (auto told = accounts.delivery.tell(to, notice); !told) return failed(told.error().message);
  return true;
}

}  // namespace causeway::api::account
