#include "apiserver/session/sealed_session.hpp"

#include <boost/json.hpp>

#include "base/encoding.hpp"

namespace causeway::api::session {
namespace {

namespace json = boost::json;

constexpr std::size_t kSignature = 64;  // hexadecimal digits

std::string signature(std::string_view body, std::string_view of, std::string_view key) {
  // The length keeps what is signed from being cut elsewhere.
  return base::hex_encode(
      base::hmac_sha256(key, "session " + std::to_string(of.size()) + ' ' + std::string(of) + std::string(body)));
}

std::int64_t number_of(base::WallTime time) {
  return time.time_since_epoch().count();
}
base::WallTime time_of(const json::value& value) {
  return base::WallTime(base::WallTime::duration(value.as_int64()));
}

}  // namespace

std::string seal(const Store::Found& found, std::string_view of, std::string_view key) {
  const auto& s = found.session;
  json::value previous;
  if (s.times.previous_expires_at) previous = number_of(*s.times.previous_expires_at);
  json::value initial;
  if (s.initial_until) initial = number_of(*s.initial_until);
  const auto body = json::serialize(json::array{
      s.id, json::array{s.person.id, s.person.name, s.person.ns, s.person.administrator, s.person.initialised},
      json::array{number_of(s.times.renewed_at), number_of(s.times.last_used_at), number_of(s.times.expires_at),
                  number_of(s.times.absolute_expires_at), previous},
      number_of(s.created_at), number_of(s.authenticated_at), s.method, found.previous, initial,
      static_cast<std::int64_t>(s.second_factor)});
  return signature(body, of, key) + body;
}

std::optional<Store::Found> unseal(std::string_view text, std::string_view of, std::string_view key) {
  if (text.size() <= kSignature) return std::nullopt;
  const auto body = text.substr(kSignature);
  if (!base::constant_time_equal(text.substr(0, kSignature), signature(body, of, key))) return std::nullopt;
  // Signed by us, so it is what seal() writes: by another version perhaps.
  try {
    const auto all = json::parse({body.data(), body.size()}).as_array();
    const auto& person = all.at(1).as_array();
    const auto& times = all.at(2).as_array();
    Store::Found found;
    auto& s = found.session;
    s.id = all.at(0).as_int64();
    s.person = {person.at(0).as_int64(), std::string(person.at(1).as_string()), std::string(person.at(2).as_string()),
                person.at(3).as_bool(), person.at(4).as_bool()};
    s.times = {time_of(times.at(0)), time_of(times.at(1)), time_of(times.at(2)), time_of(times.at(3)), {}};
    if (!times.at(4).is_null()) s.times.previous_expires_at = time_of(times.at(4));
    s.created_at = time_of(all.at(3));
    s.authenticated_at = time_of(all.at(4));
    s.method = std::string(all.at(5).as_string());
    found.previous = all.at(6).as_bool();
    if (!all.at(7).is_null()) s.initial_until = time_of(all.at(7));
    const auto factor = all.at(8).as_int64();
    if (factor < 0 || factor > static_cast<std::int64_t>(SecondFactor::kGiven)) return std::nullopt;
    s.second_factor = static_cast<SecondFactor>(factor);
    return found;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace causeway::api::session
