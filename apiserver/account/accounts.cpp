#include "apiserver/account/accounts.hpp"

namespace causeway::api::account {

base::Result<std::string> objection_to(std::string_view password, const std::vector<std::string>& words,
                                       const BreachedPasswords* breached) {
  auto objection = password_objection(password, words);
  if (!objection.empty() || !breached) return objection;
  auto known = breached->contains(password);
  if (!known) return known.error();
  if (*known) return std::string("this password became known in a breach somewhere, and is among those that are tried");
  return objection;
}

}  // namespace causeway::api::account
