#include "apiserver/account/second_factor_store.hpp"

#include "apiserver/account/recovery_code.hpp"
#include "apiserver/account/totp.hpp"

namespace causeway::api::account {

using database::Bytes;
using database::Transaction;

namespace {

// What a secret is sealed for.
std::string of_user(std::int64_t user) {
  return "second factor of user " + std::to_string(user);
}

std::vector<std::string> make_codes(Transaction& tx, std::int64_t factor) {
  auto codes = make_recovery_codes();
  tx.execute("DELETE FROM recovery_codes WHERE second_factor_id = $1", factor);
  for (const auto& code : codes)
    tx.execute("INSERT INTO recovery_codes (second_factor_id, code_hash) VALUES ($1, $2)", factor,
               Bytes{recovery_code_hash(parse_recovery_code(code).value())});
  return codes;
}

}  // namespace

struct SecondFactorStore::Factor {
  std::int64_t id = 0, user = 0;
  SealedSecret secret;
  base::WallTime begun_at;
  std::int64_t last_step = 0;
};

// The row of the user, as new sessions lock it (session/store): none is made that does not see what is changed here.
std::optional<SecondFactorStore::Factor> SecondFactorStore::lock(Transaction& tx, std::int64_t user,
                                                                 bool confirmed) const {
  tx.execute("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", user);
  const auto rows = tx.execute(
      "SELECT id, secret, key, begun_at, last_step FROM second_factors"
      " WHERE user_id = $1 AND (confirmed_at IS NOT NULL) = $2 FOR UPDATE",
      user, confirmed);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  return Factor{row.get<std::int64_t>("id"),
                user,
                {row.get<Bytes>("key").value, row.get<Bytes>("secret").value},
                row.get<base::WallTime>("begun_at"),
                row.get<std::int64_t>("last_step")};
}

// What is right is used up.
SecondFactorStore::Verdict SecondFactorStore::look(Transaction& tx, const Factor& factor, const Shown& shown,
                                                   base::WallTime now) const {
  if (!shown.recovery_code.empty()) {
    const auto hash = recovery_code_hash(shown.recovery_code);
    const auto used = tx.execute(
        "UPDATE recovery_codes SET used_at = $3 WHERE second_factor_id = $1 AND code_hash = $2 AND used_at IS NULL",
        factor.id, Bytes{hash}, now);
    if (used.affected() > 0) return Verdict::kRight;
    const auto spent =
        tx.execute("SELECT FROM recovery_codes WHERE second_factor_id = $1 AND code_hash = $2", factor.id, Bytes{hash});
    return spent.empty() ? Verdict::kWrong : Verdict::kSpent;
  }
  const auto secret = keys_.open(factor.secret, of_user(factor.user));
  if (!secret) return Verdict::kUnreadable;
  const auto match = match_totp(*secret, shown.digits, now, factor.last_step);
  if (!match) return Verdict::kWrong;
  if (match->spent) return Verdict::kSpent;
  tx.execute("UPDATE second_factors SET last_step = $2 WHERE id = $1", factor.id, match->step);
  return Verdict::kRight;
}

database::Result<std::optional<std::string>> SecondFactorStore::begin(std::int64_t user, base::WallTime now) {
  const auto secret = make_totp_secret();
  const auto sealed = keys_.seal(secret, of_user(user));
  return pool_.write([&](Transaction& tx) -> std::optional<std::string> {
    const auto begun = tx.execute(
        "INSERT INTO second_factors (user_id, secret, key, begun_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (user_id) DO UPDATE SET secret = $2, key = $3, begun_at = $4, last_step = 0"
        " WHERE second_factors.confirmed_at IS NULL",
        user, Bytes{sealed.bytes}, Bytes{sealed.key}, now);
    if (begun.affected() == 0) return std::nullopt;
    return secret;
  });
}

database::Result<SecondFactorStore::Outcome> SecondFactorStore::confirm(std::int64_t user, std::int64_t session,
                                                                        const std::string& digits, base::WallTime now) {
  return pool_.write([&](Transaction& tx) -> Outcome {
    const auto factor = lock(tx, user, false);
    if (!factor || now - factor->begun_at > kSetUpPatience) return {Verdict::kNone};
    if (const auto verdict = look(tx, *factor, {digits, {}}, now); verdict != Verdict::kRight) return {verdict};
    tx.execute("UPDATE second_factors SET confirmed_at = $2 WHERE id = $1", factor->id, now);
    Outcome outcome{Verdict::kRight, {}, make_codes(tx, factor->id)};
    tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user, session);
    outcome.token = sessions_.second_factor_given(tx, user, session, factor->id, now).value_or("");
    sessions_.changed(tx, user);
    return outcome;
  });
}

// In one transaction: what is shown is compared and, where it is right, `then` done.
template <class Then>
database::Result<SecondFactorStore::Outcome> SecondFactorStore::when_right(std::int64_t user, const Shown& shown,
                                                                           base::WallTime now, const Then& then) {
  return pool_.write([&](Transaction& tx) -> Outcome {
    const auto factor = lock(tx, user, true);
    if (!factor) return {Verdict::kNone};
    Outcome outcome{look(tx, *factor, shown, now)};
    if (outcome.verdict == Verdict::kRight) then(tx, *factor, outcome);
    return outcome;
  });
}

database::Result<SecondFactorStore::Outcome> SecondFactorStore::give(std::int64_t user, std::int64_t session,
                                                                     const Shown& shown, base::WallTime now) {
  return when_right(user, shown, now, [&](Transaction& tx, const Factor& factor, Outcome& outcome) {
    outcome.token = sessions_.second_factor_given(tx, user, session, factor.id, now).value_or("");
    tx.execute("UPDATE users SET last_login_at = $2 WHERE id = $1", user, now);
  });
}

database::Result<SecondFactorStore::Outcome> SecondFactorStore::renew_recovery_codes(std::int64_t user,
                                                                                     const Shown& shown,
                                                                                     base::WallTime now) {
  return when_right(user, shown, now, [](Transaction& tx, const Factor& factor, Outcome& outcome) {
    outcome.recovery_codes = make_codes(tx, factor.id);
  });
}

database::Result<SecondFactorStore::Outcome> SecondFactorStore::remove(std::int64_t user, std::int64_t session,
                                                                       const Shown& shown, base::WallTime now) {
  return when_right(user, shown, now, [&](Transaction& tx, const Factor& factor, Outcome&) {
    tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user, session);
    tx.execute("DELETE FROM second_factors WHERE id = $1", factor.id);
    sessions_.changed(tx, user);
  });
}

database::Result<bool> SecondFactorStore::reset(std::int64_t user) {
  return pool_.write([&](Transaction& tx) {
    const auto factor = lock(tx, user, true);
    if (!factor) return false;
    tx.execute("DELETE FROM sessions WHERE user_id = $1", user);
    tx.execute("DELETE FROM second_factors WHERE id = $1", factor->id);
    sessions_.changed(tx, user);
    return true;
  });
}

database::Result<std::size_t> SecondFactorStore::reseal(std::size_t limit) {
  std::size_t sealed = 0;
  for (const auto& key : keys_.earlier()) {
    auto done = pool_.write([&](Transaction& tx) {
      std::size_t count = 0;
      for (const auto row : tx.execute("SELECT id, user_id, secret FROM second_factors WHERE key = $1"
                                       " ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED",
                                       Bytes{key}, static_cast<std::int64_t>(limit))) {
        const auto of = of_user(row.get<std::int64_t>("user_id"));
        const auto secret = keys_.open({key, row.get<Bytes>("secret").value}, of);
        if (!secret) continue;  // somebody has changed it
        const auto anew = keys_.seal(*secret, of);
        tx.execute("UPDATE second_factors SET secret = $2, key = $3 WHERE id = $1", row.get<std::int64_t>("id"),
                   Bytes{anew.bytes}, Bytes{anew.key});
        ++count;
      }
      return count;
    });
    if (!done) return done;
    sealed += *done;
  }
  return sealed;
}

database::Result<std::size_t> SecondFactorStore::expire(base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    return tx
        .execute("DELETE FROM second_factors WHERE confirmed_at IS NULL AND begun_at < $1",
                 now - std::chrono::duration_cast<base::WallTime::duration>(kSetUpPatience))
        .affected();
  });
}

}  // namespace causeway::api::account
