#include "apiserver/lfs/lock_messages.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "apiserver/jwt/strict_json.hpp"
#include "apiserver/lfs/request_body.hpp"
#include "base/http.hpp"

namespace causeway::api::lfs {
namespace {

namespace json = boost::json;
using git::Refusal;

base::Result<std::int64_t, Refusal> number_of(std::string_view text, const char* name) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1)
    return invalid(std::string(name) + " is none that was given out here");
  return number;
}

base::Result<std::size_t, Refusal> limit_of(std::int64_t limit) {
  // git-lfs sends 0 where nobody said anything.
  if (limit < 0) return invalid("limit has to be a positive number");
  return limit == 0 ? std::size_t{100} : std::min<std::size_t>(static_cast<std::size_t>(limit), kMaxLocks);
}

// PostgreSQL has no NUL in texts.
bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

json::object json_of(const Lock& lock) {
  return {{"id", std::to_string(lock.id)},
          {"path", lock.path},
          {"locked_at", base::format_time(lock.locked_at)},
          {"owner", {{"name", lock.owner_name}}}};
}

std::string next_cursor(std::vector<Lock>& locks, std::size_t limit) {
  if (locks.size() <= limit) return {};
  locks.resize(limit);
  return std::to_string(locks.back().id);
}

}  // namespace

base::Result<LockRequest, Refusal> parse_lock(std::string_view body) {
  const auto request = object_of(body);
  if (!request) return request.error();
  LockRequest lock{.path = std::string(jwt::text_member(*request, "path"))};
  if (lock.path.empty() || lock.path.size() > 2048 || has_nul(lock.path))
    return invalid("path has to be a text of 1 to 2048 bytes");
  if (const auto* ref = request->if_contains("ref"); ref && ref->is_object())
    lock.ref = jwt::text_member(ref->get_object(), "name");
  if (lock.ref.size() > 255 || has_nul(lock.ref)) return invalid("ref.name has to be a text of at most 255 bytes");
  return lock;
}

base::Result<bool, Refusal> parse_unlock(std::string_view body) {
  if (body.empty()) return false;
  const auto request = object_of(body);
  if (!request) return request.error();
  const auto* force = request->if_contains("force");
  if (force && !force->is_bool()) return invalid("force has to be true or false");
  return force && force->get_bool();
}

base::Result<LockFilter, Refusal> parse_verify_locks(std::string_view body) {
  LockFilter filter;
  if (body.empty()) return filter;
  const auto request = object_of(body);
  if (!request) return request.error();
  if (const auto cursor = jwt::text_member(*request, "cursor"); !cursor.empty()) {
    auto after = number_of(cursor, "cursor");
    if (!after) return after.error();
    filter.after = *after;
  }
  if (const auto* limit = request->if_contains("limit"); limit && !limit->is_null()) {
    if (!limit->is_int64()) return invalid("limit has to be a whole number");
    auto taken = limit_of(limit->get_int64());
    if (!taken) return taken.error();
    filter.limit = *taken;
  }
  return filter;
}

base::Result<LockFilter, Refusal> parse_list_locks(std::string_view query) {
  LockFilter filter;
  filter.path = base::query_parameter(query, "path").value_or("");
  for (const auto& [name, into] : {std::pair{"id", &filter.id}, std::pair{"cursor", &filter.after}}) {
    const auto text = base::query_parameter(query, name);
    if (!text || text->empty()) continue;
    auto number = number_of(*text, name);
    if (!number) return number.error();
    *into = *number;
  }
  if (const auto text = base::query_parameter(query, "limit"); text && !text->empty() && *text != "0") {
    const auto number = number_of(*text, "limit");
    if (!number) return invalid("limit has to be a positive number");
    filter.limit = limit_of(*number).value();
  }
  return filter;
}

std::string lock_answer(const Lock& lock, std::string_view message) {
  json::object answer{{"lock", json_of(lock)}};
  if (!message.empty()) answer["message"] = message;
  return json::serialize(answer);
}

std::string locks_answer(std::vector<Lock> locks, std::size_t limit) {
  json::object answer;
  if (const auto next = next_cursor(locks, limit); !next.empty()) answer["next_cursor"] = next;
  auto& list = answer["locks"].emplace_array();
  for (const auto& lock : locks) list.push_back(json_of(lock));
  return json::serialize(answer);
}

std::string verified_locks_answer(std::vector<Lock> locks, std::size_t limit, std::int64_t user) {
  json::object answer;
  if (const auto next = next_cursor(locks, limit); !next.empty()) answer["next_cursor"] = next;
  json::array ours, theirs;
  for (const auto& lock : locks) (lock.owner == user ? ours : theirs).push_back(json_of(lock));
  answer["ours"] = std::move(ours);
  answer["theirs"] = std::move(theirs);
  return json::serialize(answer);
}

}  // namespace causeway::api::lfs
