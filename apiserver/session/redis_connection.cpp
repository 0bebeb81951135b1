#include "apiserver/session/redis_connection.hpp"

#include <charconv>
#include <hiredis/hiredis.h>
#include <sys/time.h>

#include "base/files.hpp"
#include "base/http.hpp"

namespace causeway::api::session {
namespace {

using base::Error, base::ErrorCode;

constexpr std::uint16_t kPort = 6379;

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

timeval timeval_of(base::Duration duration) {
  const auto micros = std::chrono::ceil<std::chrono::microseconds>(duration).count();
  return {.tv_sec = static_cast<time_t>(micros / 1'000'000), .tv_usec = static_cast<suseconds_t>(micros % 1'000'000)};
}

RedisConnection::Value value_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return std::string(reply.str, reply.len);
    case REDIS_REPLY_INTEGER:
      return static_cast<std::int64_t>(reply.integer);
    default:
      return std::monostate();
  }
}

Error error_of(const redisContext& context) {
  const bool late = context.err == REDIS_ERR_IO &&
                    (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINPROGRESS || errno == ETIMEDOUT);
  return {late                                ? ErrorCode::kTimeout
          : context.err == REDIS_ERR_PROTOCOL ? ErrorCode::kProtocol
                                              : ErrorCode::kIo,
          late ? "Redis does not answer in time" : std::string("Redis: ") + context.errstr};
}

}  // namespace

base::Result<RedisAddress> parse_redis_url(const std::string& url) {
  const Error wrong{ErrorCode::kInvalidArgument,
                    "the session cache has to be redis://[USER@]HOST[:PORT][/DATABASE] or unix:///path, not \"" + url +
                        "\"; for TLS put a proxy beside it (stunnel): the distribution's library speaks none"};
  RedisAddress address;
  if (url.starts_with("unix:///")) {
    address.socket = url.substr(7);
    return address;
  }
  constexpr std::string_view kScheme = "redis://";
  if (!url.starts_with(kScheme)) return wrong;
  std::string rest = url.substr(kScheme.size());
  if (const auto at = rest.find('@'); at != std::string::npos) {
    address.user = rest.substr(0, at);
    // It would be in the list of processes: --session-cache-password-file.
    if (address.user.find(':') != std::string::npos || address.user.empty()) return wrong;
    rest.erase(0, at + 1);
  }
  if (const auto slash = rest.find('/'); slash != std::string::npos) {
    const auto number = rest.substr(slash + 1);
    rest.erase(slash);
    const auto* end = number.data() + number.size();
    if (!number.empty() && (std::from_chars(number.data(), end, address.database).ptr != end || address.database < 0))
      return wrong;
  }
  const auto parsed = base::parse_url("redis://" + rest);
  if (!parsed || parsed->host.empty()) return wrong;
  address.host = parsed->host;
  address.port = parsed->port ? parsed->port : kPort;
  return address;
}

struct RedisConnection::Impl {
  std::unique_ptr<redisContext, Free> context;
};

RedisConnection::RedisConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RedisConnection::~RedisConnection() = default;

base::Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisAddress& address,
                                                                     const std::filesystem::path& password_file,
                                                                     base::Duration timeout) {
  const auto limit = timeval_of(timeout);
  auto impl = std::make_unique<Impl>();
  impl->context.reset(address.host.empty() ? redisConnectUnixWithTimeout(address.socket.c_str(), limit)
                                           : redisConnectWithTimeout(address.host.c_str(), address.port, limit));
  if (!impl->context) return Error{ErrorCode::kInternal, "hiredis gives no connection"};
  if (impl->context->err) return Error{ErrorCode::kConnect, std::string("Redis: ") + impl->context->errstr};
  if (redisSetTimeout(impl->context.get(), limit) != REDIS_OK) return error_of(*impl->context);
  std::unique_ptr<RedisConnection> connection(new RedisConnection(std::move(impl)));
  if (!password_file.empty()) {
    auto password = base::read_file(password_file);
    if (!password) return password.error().wrap("the password of the session cache");
    while (password->ends_with('\n')) password->pop_back();
    std::vector<std::string> sign_in{"AUTH", *password};
    if (!address.user.empty()) sign_in.insert(sign_in.begin() + 1, address.user);
    if (auto done = connection->command(sign_in); !done) return done.error();
  }
  if (address.database != 0) {
    if (auto done = connection->command({"SELECT", std::to_string(address.database)}); !done) return done.error();
  }
  return connection;
}

base::Result<RedisConnection::Reply> RedisConnection::command(const std::vector<std::string>& arguments) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const auto& argument : arguments) {
    texts.push_back(argument.data());
    lengths.push_back(argument.size());
  }
  errno = 0;
  const std::unique_ptr<redisReply, Free> reply(static_cast<redisReply*>(
      redisCommandArgv(impl_->context.get(), static_cast<int>(texts.size()), texts.data(), lengths.data())));
  if (!reply) return error_of(*impl_->context);
  if (reply->type == REDIS_REPLY_ERROR)
    return Error{ErrorCode::kInternal, "Redis: " + std::string(reply->str, reply->len)};
  Reply values;
  if (reply->type != REDIS_REPLY_ARRAY) values.push_back(value_of(*reply));
  for (std::size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; ++i)
    values.push_back(value_of(*reply->element[i]));
  return values;
}

}  // namespace causeway::api::session
