#include "apiserver/git/credentials.hpp"

#include <chrono>

#include "apiserver/git/basic.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/log.hpp"

namespace causeway::api::git {
void Credentials::use(std::filesystem::path file, const base::Clock& clock) {
  file_ = std::move(file);
  clock_ = &clock;
}

base::Result<Credentials::Users> Credentials::parse(std::string_view text) {
  Users users;
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const auto colon = line.find(':');
    const auto hash = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    const bool hex = hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (colon == 0 || !hex)
      return base::Error{base::ErrorCode::kInvalidArgument,
                         "line " + std::to_string(number) + " is not user:<sha256 of the password, 64 lower-case hex>"};
    users.emplace(line.substr(0, colon), hash);
  }
  return users;
}

void Credentials::refresh() const {
  const auto now = clock_->steady();
  if (looked_ && now - *looked_ < std::chrono::seconds(1)) return;
  looked_ = now;
  auto text = base::read_file(file_);
  if (!text && text.error().code == base::ErrorCode::kNotFound) {  // a Secret that is not there, or not any more
    users_.clear();
    content_hash_.reset();
    return;
  }
  if (!text) {
    base::log::warn("credentials file cannot be read", {{"file", file_.string()}, {"error", text.error().message}});
    return;
  }
  auto hash = base::sha256(*text);
  if (content_hash_ == hash) return;
  content_hash_ = std::move(hash);
  auto users = parse(*text);
  if (!users) {
    base::log::error("credentials file is wrong; the previous one stays in force",
                     {{"file", file_.string()}, {"error", users.error().message}});
    return;
  }
  users_ = std::move(*users);
}

std::optional<std::string> Credentials::authenticate(std::string_view authorization) const {
  if (!configured()) return std::nullopt;
  const auto basic = parse_basic(authorization);
  if (!basic || basic->password.size() < kShortestPassword) return std::nullopt;
  const std::string hash = base::sha256_hex(basic->password);

  const std::lock_guard lock(mutex_);
  refresh();
  const auto found = users_.find(basic->user);
  // An unknown user costs the same comparison as a known one.
  const std::string& expected = found == users_.end() ? std::string(64, '0') : found->second;
  const bool equal = base::constant_time_equal(hash, expected);
  if (!equal || found == users_.end()) return std::nullopt;
  return basic->user;
}

}  // namespace causeway::api::git
