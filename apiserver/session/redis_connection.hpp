#pragma once
// One connection to Redis, by hiredis, whose headers stay in the .cpp. Blocking, every wait with a limit. Not
// thread-safe.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::api::session {

struct RedisAddress {
  std::string host;  // a name or an address; "": the socket
  std::uint16_t port = 0;
  std::string socket;  // path of a Unix socket
  std::string user;    // "": the default one
  int database = 0;
};
// "redis://[USER@]HOST[:6379][/DATABASE]" or "unix:///path". kInvalidArgument, with what would be right: anything else.
// rediss:// among it: the library of the distribution speaks no TLS.
base::Result<RedisAddress> parse_redis_url(const std::string& url);

class RedisConnection {
 public:
  // A string, an integer or nothing for each element; of what is no array, one.
  using Value = std::variant<std::monostate, std::string, std::int64_t>;
  using Reply = std::vector<Value>;

  // Signed in, with the database selected. `timeout`: of each wait.
  static base::Result<std::unique_ptr<RedisConnection>> open(const RedisAddress& address,
                                                             const std::filesystem::path& password_file,
                                                             base::Duration timeout);
  ~RedisConnection();

  // kTimeout, kIo, kProtocol: of no use any more afterwards. Errors that Redis answers with are kInternal.
  base::Result<Reply> command(const std::vector<std::string>& arguments);

 private:
  struct Impl;
  explicit RedisConnection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::session
