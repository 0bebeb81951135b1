#pragma once
// A notification as a message: what its subject and text are. Pure.

#include <string>

#include "apiserver/activity/entry.hpp"
#include "apiserver/mail/message.hpp"

namespace causeway::api::activity {

// `site`: the public URL, which links begin with.
mail::Message mail_of(const Entry& notification, const std::string& to, const std::string& site);

}  // namespace causeway::api::activity
