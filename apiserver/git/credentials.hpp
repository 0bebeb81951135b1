#pragma once
// Users allowed to push and to read private repositories, from a file: lines `user:sha256hex(password)`, '#' comments.
// The passwords are long random tokens of the platform's own making (a Secret), so one round of SHA-256 is enough:
// shorter ones prove nothing, whatever the file says. People's passwords never live here.

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::api::git {

inline constexpr std::size_t kShortestPassword = 32;  // characters: 128 random bits in hex

// Thread-safe. The file is read again when it changes (a mounted Secret is replaced by rename), looked at once a second
// at most; when it cannot be read or parsed, the last good one stays and the log says so. A file that is not there
// names nobody.
class Credentials {
 public:
  Credentials() = default;                                         // nobody
  void use(std::filesystem::path file, const base::Clock& clock);  // before anything else

  bool configured() const { return !file_.empty(); }
  // The user that an Authorization header proves; nullopt: it does not.
  std::optional<std::string> authenticate(std::string_view authorization) const;

 private:
  using Users = std::map<std::string, std::string, std::less<>>;
  static base::Result<Users> parse(std::string_view text);
  void refresh() const;

  std::filesystem::path file_;
  const base::Clock* clock_ = nullptr;
  mutable std::mutex mutex_;
  mutable Users users_;
  mutable std::optional<base::SteadyTime> looked_;
  mutable std::optional<std::string> content_hash_;
};

}  // namespace causeway::api::git
