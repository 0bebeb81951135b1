#include "apiserver/session/due.hpp"

namespace causeway::api::session {

rest::Due due_in(SecondFactor second_factor, bool initial_password, bool administrator, Require require) {
  if (second_factor == SecondFactor::kMissing) return rest::Due::kSecondFactor;
  if (initial_password) return rest::Due::kPassword;
  const bool required = require == Require::kEverybody || (require == Require::kAdministrators && administrator);
  if (required && second_factor == SecondFactor::kNone) return rest::Due::kSecondFactorSetUp;
  return rest::Due::kNothing;
}

rest::Due due_in(const Session& session, Require require) {
  return due_in(session.second_factor, session.initial_until.has_value(), session.person.administrator, require);
}

}  // namespace causeway::api::session
