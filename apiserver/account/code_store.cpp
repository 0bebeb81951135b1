#include "apiserver/account/code_store.hpp"

#include "apiserver/database/expire.hpp"
#include "base/encoding.hpp"

namespace causeway::api::account {

using database::Bytes;
using database::Transaction;

namespace {

constexpr auto kLookBack = std::chrono::hours(1);

}  // namespace

std::string_view to_string(Purpose purpose) {
  switch (purpose) {
    case Purpose::kLogin:
      return "login";
    case Purpose::kVerify:
      return "verify";
    case Purpose::kChangeMobile:
      return "change_mobile";
    case Purpose::kChangeEmail:
      return "change_email";
    case Purpose::kResetPassword:
      return "reset_password";
    case Purpose::kReauthenticate:
      return "reauthenticate";
  }
  return "";
}

database::Result<std::variant<CodeStore::Issued, CodeStore::Wait>> CodeStore::issue(const Request& request,
                                                                                    base::WallTime now) {
  const auto code = make_code();
  const auto kept = hash_code(code);
  const auto expires = now + std::chrono::duration_cast<base::WallTime::duration>(kCodeLife);
  // Of an IPv6 address the /64: who has one has all of it.
  auto address = database::as_inet(request.address);
  if (address && address->find(':') != std::string::npos) *address += "/64";
  return pool_.write([&](Transaction& tx) -> std::variant<Issued, Wait> {
    // Of requests at the same time one after the other: each has to see what the others sent.
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('code ' || $1, 0))", request.destination.value);
    if (address)
      tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('code from ' || network($1::inet)::text, 0))",
                 *address);
    const auto row =
        tx.execute(
              "SELECT max(created_at) FILTER (WHERE destination = $1) AS last,"
              " count(*) FILTER (WHERE destination = $1) AS to_destination,"
              " count(*) FILTER (WHERE address = network($2::inet)) AS from_address"
              " FROM one_time_codes WHERE created_at > $3 AND (destination = $1 OR address = network($2::inet))",
              request.destination.value, address, now - kLookBack)
            .front();
    const SentBefore before{row.get<std::optional<base::WallTime>>("last"),
                            static_cast<int>(row.get<std::int64_t>("to_destination")),
                            static_cast<int>(row.get<std::int64_t>("from_address"))};
    if (const auto wait = wait_before_sending(before, now, limits_)) return Wait{*wait};
    const Bytes browser{base::sha256(request.browser)};
    tx.execute("UPDATE one_time_codes SET used_at = $3 WHERE request_hash = $1 AND purpose = $2 AND used_at IS NULL",
               browser, to_string(request.purpose), now);
    tx.execute(
        "INSERT INTO one_time_codes (created_at, purpose, channel, destination, user_id, request_hash, salt, code_hash,"
        " expires_at, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, network($10::inet))",
        now, to_string(request.purpose), to_string(request.destination.channel), request.destination.value,
        request.user, browser, Bytes{kept.salt}, Bytes{kept.hash}, expires, address);
    return Issued{code, expires};
  });
}

database::Result<CodeStore::Verdict> CodeStore::redeem(const Request& request, std::string_view code,
                                                       base::WallTime now) {
  return pool_.write([&](Transaction& tx) {
    // FOR UPDATE: guesses at the same time are counted one by one.
    const auto rows = tx.execute(
        "SELECT id, salt, code_hash FROM one_time_codes WHERE request_hash = $1 AND purpose = $2 AND channel = $3"
        " AND destination = $4 AND used_at IS NULL AND expires_at > $5 AND attempts < $6 FOR UPDATE",
        Bytes{base::sha256(request.browser)}, to_string(request.purpose), to_string(request.destination.channel),
        request.destination.value, now, kCodeAttempts);
    if (rows.empty()) return Verdict::kNone;
    const auto row = rows.front();
    const bool right = matches(code, {row.get<Bytes>("salt").value, row.get<Bytes>("code_hash").value});
    tx.execute("UPDATE one_time_codes SET attempts = attempts + 1, used_at = $2 WHERE id = $1",
               row.get<std::int64_t>("id"), right ? std::optional(now) : std::nullopt);
    return right ? Verdict::kRight : Verdict::kWrong;
  });
}

database::Result<std::size_t> CodeStore::expire(base::WallTime now, std::size_t limit) {
  return database::remove_expired(pool_, "one_time_codes", now - kLookBack, limit);
}

}  // namespace causeway::api::account
