#include "apiserver/session/redis_connection.hpp"

#include <gtest/gtest.h>

namespace causeway::api::session {
namespace {

TEST(RedisUrl, SaysWhere) {
  const auto full = parse_redis_url("redis://web@cache.example:6380/3").value();
  EXPECT_EQ(full.host, "cache.example");
  EXPECT_EQ(full.port, 6380);
  EXPECT_EQ(full.user, "web");
  EXPECT_EQ(full.database, 3);
  const auto plain = parse_redis_url("redis://cache").value();
  EXPECT_EQ(plain.port, 6379);
  EXPECT_EQ(plain.database, 0);
  EXPECT_EQ(parse_redis_url("redis://cache/").value().database, 0);
  EXPECT_EQ(parse_redis_url("unix:///run/redis.sock").value().socket, "/run/redis.sock");
}

TEST(RedisUrl, WhatItIsNot) {
  for (const char* wrong : {"", "cache:6379", "rediss://cache", "http://cache", "redis://", "redis://u:p@cache",
                            "redis://@cache", "redis://cache/x", "redis://cache/-1", "redis://cache/1x", "unix://x"}) {
    const auto parsed = parse_redis_url(wrong);
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_NE(parsed.error().message.find("redis://[USER@]HOST"), std::string::npos) << "what would be right";
  }
}

}  // namespace
}  // namespace causeway::api::session
