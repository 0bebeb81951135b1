#pragma once
// Who somebody is at another provider. Values; pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "apiserver/oauth/failure.hpp"

namespace causeway::api::oauth {

namespace json = boost::json;

// The person is issuer and subject, and nothing else: an e-mail address changes hands, and a name is anybody's.
struct Identity {
  std::string provider;  // its name in the configuration
  std::string issuer, subject;
  std::string email;            // as the provider writes it; "": it tells none
  bool email_verified = false;  // by the provider, and only as good as that
  std::string name, preferred_username;
  std::string avatar_url;  // https; "": none
  json::object claims;     // what it told beyond the protocol: 4 KiB at most
};

// Of OpenID Connect's standard claims (Core, 5.1), from an ID token or the userinfo endpoint. Texts that are too long,
// hold control characters or are no text at all are left out, as if they had not been told. kBadToken: there is no
// usable subject.
Outcome<Identity> identity_of(const std::string& provider, const std::string& issuer, const json::object& claims);

// The members without what belongs to the protocol, and without those that do not fit into 4 KiB any more or hold a
// NUL.
json::object bounded_claims(const json::object& claims);

// A text of at most `most` bytes without control characters; "" otherwise.
std::string plain_text(std::string_view text, std::size_t most = 255);
// What looks like an address (one "@" inside, no blanks, 254 bytes at most); "" otherwise.
std::string email_text(std::string_view text);
// An https URL; "" otherwise.
std::string avatar_text(std::string_view text);

}  // namespace causeway::api::oauth
