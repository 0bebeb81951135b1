// The way to the database that production has: sslmode=verify-full, and a certificate for the name "postgresql".
#include "apiserver/database/connection.hpp"
#include "base/files.hpp"
#include "base/pki.hpp"
#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::database {
namespace {

using testing::HasSubstr;

class TlsTest : public testing::Test {
 protected:
  static Result<std::unique_ptr<Connection>> connect(std::string url) {
    ConnectionSettings settings;
    settings.url = std::move(url);
    return Connection::open(settings);
  }
  static std::string refusal(std::string url) {
    const auto connected = connect(std::move(url));
    return connected ? "connected" : connected.error().message;
  }
  const std::string url = test_path("CAUSEWAY_TEST_DATABASE_TLS"), ca = test_path("CAUSEWAY_TEST_DATABASE_CA");
};

TEST_F(TlsTest, TheAuthorityAndTheNameAreVerified) {
  const auto connected = connect(url + "&sslmode=verify-full&sslrootcert=" + ca);
  ASSERT_TRUE(connected.ok()) << connected.error().message;
  const auto rows = (*connected)->script("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl");
  EXPECT_EQ(rows.size(), 1U);
}

TEST_F(TlsTest, WhatIsNotAsItHasToBeIsRefusedWithTheReason) {
  const base::TemporaryDirectory folder("causeway-tls");
  const auto other = (folder.path() / "ca.crt").string();
  ASSERT_TRUE(base::write_file_atomic(other, base::make_authority("another")->cert_pem).ok());
  EXPECT_THAT(refusal(url + "&sslmode=verify-full&sslrootcert=" + other), HasSubstr("certificate verify failed"));
  std::string elsewhere = url;
  elsewhere.replace(elsewhere.find("@postgresql"), 11, "@elsewhere");
  EXPECT_THAT(refusal(elsewhere + "&sslmode=verify-full&sslrootcert=" + ca), HasSubstr("does not match host name"));
  EXPECT_THAT(refusal(url + "&sslmode=verify-full&sslrootcert=/nonexistent"), HasSubstr("/nonexistent"));
  EXPECT_THAT(refusal(url + "&sslmode=disable"), HasSubstr("no encryption"));
}

}  // namespace
}  // namespace causeway::api::database
