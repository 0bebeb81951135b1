#include "apiserver/database/settings.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"

namespace causeway::api::database {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ConnectionSettings of(std::string url) {
  ConnectionSettings settings;
  settings.url = std::move(url);
  return settings;
}

TEST(DatabaseSettings, EverySessionHasItsLimits) {
  auto settings = of("postgresql://causeway@db.example:5433/platform?sslmode=verify-full&sslrootcert=/ca.crt");
  settings.statement_timeout = std::chrono::milliseconds(1500);
  settings.lock_timeout = std::chrono::milliseconds(1);
  const auto text = connection_string(settings);
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_THAT(*text, HasSubstr("host='db.example'"));
  EXPECT_THAT(*text, HasSubstr("port='5433'"));
  EXPECT_THAT(*text, HasSubstr("sslmode='verify-full'"));
  EXPECT_THAT(*text, HasSubstr("sslrootcert='/ca.crt'"));
  EXPECT_THAT(*text, HasSubstr("application_name='causeway-apiserver'"));
  EXPECT_THAT(*text, HasSubstr("connect_timeout='5'"));
  EXPECT_THAT(*text,
              HasSubstr("-c statement_timeout=1500 -c lock_timeout=1 -c idle_in_transaction_session_timeout=10000"));
  EXPECT_THAT(*text, HasSubstr("-c default_transaction_read_only=on"));
  EXPECT_THAT(*text, Not(HasSubstr("password")));
}

TEST(DatabaseSettings, WhatTheUrlSaysWins) {
  const auto text =
      connection_string(of("host=/run/pg application_name='it''s \\'mine' connect_timeout=9 "
                           "options='-c work_mem=1MB'"));
  ASSERT_FALSE(text.ok()) << "'' is no quote for libpq";
  const auto right =
      connection_string(of("host=/run/pg application_name='it\\'s mine' connect_timeout=9 "
                           "options='-c statement_timeout=1'"));
  ASSERT_TRUE(right.ok()) << right.error().message;
  EXPECT_THAT(*right, HasSubstr("application_name='it\\'s mine'"));
  EXPECT_THAT(*right, HasSubstr("connect_timeout='9'"));
  EXPECT_THAT(*right, HasSubstr("-c extra_float_digits=1 -c statement_timeout=1'")) << "the last one counts";
}

TEST(DatabaseSettings, ThePasswordComesFromItsFile) {
  const base::TemporaryDirectory folder;
  auto settings = of("postgresql://causeway@db/platform");
  settings.password_file = folder.path() / "password";
  EXPECT_EQ(connection_string(settings).error().code, base::ErrorCode::kNotFound);
  std::ofstream(settings.password_file) << "it's\\ \n\n";
  const auto text = connection_string(settings);
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("password='it\\'s\\\\ \n'")) << "one newline is the editor's";
  std::ofstream(settings.password_file) << "rotated";
  EXPECT_THAT(*connection_string(settings), HasSubstr("password='rotated'"));
  EXPECT_THAT(*describe(settings), Not(HasSubstr("rotated")));
  std::ofstream(settings.password_file) << "\n";
  EXPECT_FALSE(connection_string(settings).ok());
}

TEST(DatabaseSettings, AUrlWithASecretIsRefusedAndNotRepeated) {
  for (const char* url : {"postgresql://causeway:hunter2@db/platform", "host=db password=hunter2",
                          "postgresql://db/platform?sslpassword=hunter2", "host=db pass word=hunter2",
                          "postgresql://causeway:hunter2@db:port:5/"}) {
    const auto text = connection_string(of(url));
    ASSERT_FALSE(text.ok()) << url;
    EXPECT_EQ(text.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_THAT(text.error().message, Not(HasSubstr("hunter2")));
    EXPECT_FALSE(describe(of(url)).ok());
  }
  EXPECT_FALSE(connection_string(of("")).ok());
}

TEST(DatabaseSettings, ForLogs) {
  EXPECT_EQ(*describe(of("postgresql://causeway@a:1,b:2/platform?sslmode=require")),
            "host=a,b port=1,2 dbname=platform user=causeway sslmode=require");
}

}  // namespace
}  // namespace causeway::api::database
