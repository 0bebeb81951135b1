// Codes that were sent: they are few, right once, for one browser, and not for long.

#include "apiserver/account/code_store.hpp"

#include <atomic>
#include <thread>

#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::account {
namespace {

using namespace std::chrono_literals;
using Verdict = CodeStore::Verdict;

class CodeStoreTest : public database::MigratedDatabaseTest {
 protected:
  void SetUp() override {
    MigratedDatabaseTest::SetUp();
    if (IsSkipped()) return;
    pool = make_pool();
    codes = std::make_unique<CodeStore>(*pool);
  }

  CodeStore::Request ada(std::string browser = "browser", std::string address = "192.0.2.1") {
    return {Purpose::kLogin, {Channel::kEmail, "ada@example.org"}, std::move(browser), std::move(address)};
  }
  // The code; "" when none is sent now.
  std::string issue(const CodeStore::Request& request) {
    auto issued = codes->issue(request, now).value();
    const auto* code = std::get_if<CodeStore::Issued>(&issued);
    return code ? code->code : "";
  }
  std::chrono::seconds wait(const CodeStore::Request& request) {
    auto issued = codes->issue(request, now).value();
    const auto* told = std::get_if<CodeStore::Wait>(&issued);
    return told ? told->seconds : 0s;
  }
  Verdict redeem(const CodeStore::Request& request, const std::string& code) {
    return codes->redeem(request, code, now).value();
  }
  static std::string other_than(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

  std::unique_ptr<database::Pool> pool;
  std::unique_ptr<CodeStore> codes;
  base::WallTime now = base::system_clock().wall();
};

TEST_F(CodeStoreTest, IsRightOnce) {
  const auto code = issue(ada());
  EXPECT_EQ(redeem(ada(), code), Verdict::kRight);
  EXPECT_EQ(redeem(ada(), code), Verdict::kNone);
}

TEST_F(CodeStoreTest, IsOfUseToWhoAskedOnly) {
  const auto code = issue(ada());
  EXPECT_EQ(redeem(ada("another browser"), code), Verdict::kNone);
  auto elsewhere = ada();
  elsewhere.destination.value = "eve@example.org";
  EXPECT_EQ(redeem(elsewhere, code), Verdict::kNone);
  auto otherwise = ada();
  otherwise.purpose = Purpose::kChangeEmail;
  EXPECT_EQ(redeem(otherwise, code), Verdict::kNone);
  EXPECT_EQ(redeem(ada(), code), Verdict::kRight);
}

TEST_F(CodeStoreTest, MayBeMistypedFourTimes) {
  const auto code = issue(ada());
  for (int i = 0; i < 4; i++) ASSERT_EQ(redeem(ada(), other_than(code)), Verdict::kWrong);
  EXPECT_EQ(redeem(ada(), code), Verdict::kRight);

  now += 1min;
  const auto second = issue(ada());
  for (int i = 0; i < 5; i++) ASSERT_EQ(redeem(ada(), other_than(second)), Verdict::kWrong);
  EXPECT_EQ(redeem(ada(), second), Verdict::kNone);
}

TEST_F(CodeStoreTest, GuessesAtTheSameTimeAreCountedAll) {
  const auto code = issue(ada());
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> guesses;
    for (int i = 0; i < 12; i++)
      guesses.emplace_back([&] {
        if (redeem(ada(), other_than(code)) == Verdict::kWrong) ++wrong;
      });
  }
  EXPECT_EQ(wrong, kCodeAttempts);
}

TEST_F(CodeStoreTest, IsOverAfterTenMinutes) {
  const auto code = issue(ada());
  now += 10min;
  EXPECT_EQ(redeem(ada(), code), Verdict::kNone);
}

TEST_F(CodeStoreTest, ANewOneReplacesTheOneBefore) {
  const auto before = issue(ada());
  now += 1min;
  const auto code = issue(ada());
  EXPECT_EQ(redeem(ada(), before == code ? other_than(code) : before), Verdict::kWrong);
  EXPECT_EQ(redeem(ada(), code), Verdict::kRight);
}

TEST_F(CodeStoreTest, FewAreSentToADestination) {
  ASSERT_NE(issue(ada()), "");
  EXPECT_EQ(wait(ada("another browser", "192.0.2.2")), 60s);
  for (int i = 0; i < 4; i++) {
    now += 1min;
    ASSERT_NE(issue(ada("browser " + std::to_string(i), "192.0.2.3")), "");
  }
  now += 1min;
  EXPECT_EQ(wait(ada("yet another")), 1h);
  now += 1h;
  EXPECT_NE(issue(ada()), "");
}

TEST_F(CodeStoreTest, FewAreSentForAnAddress) {
  auto request = ada();
  for (int i = 0; i < SendLimits{}.per_address; i++) {
    request.destination.value = "somebody" + std::to_string(i) + "@example.org";
    ASSERT_NE(issue(request), "") << i;
  }
  request.destination.value = "one-more@example.org";
  EXPECT_EQ(wait(request), 1h);
  request.address = "192.0.2.2";
  EXPECT_NE(issue(request), "");
}

TEST_F(CodeStoreTest, ANetworkIsOneAddress) {
  auto request = ada();
  for (int i = 0; i < SendLimits{}.per_address; i++) {
    request.destination.value = "somebody" + std::to_string(i) + "@example.org";
    request.address = "2001:db8:0:1::" + std::to_string(i + 1);
    ASSERT_NE(issue(request), "") << i;
  }
  request.destination.value = "one-more@example.org";
  EXPECT_EQ(wait(request), 1h);
  request.address = "2001:db8:0:2::1";
  EXPECT_NE(issue(request), "");
}

TEST_F(CodeStoreTest, OfManyRequestsAtOnceOneIsSent) {
  std::atomic<int> sent = 0;
  {
    std::vector<std::jthread> requests;
    for (int i = 0; i < 12; i++)
      requests.emplace_back([&, i] {
        if (!issue(ada("browser " + std::to_string(i))).empty()) ++sent;
      });
  }
  EXPECT_EQ(sent, 1);
}

TEST_F(CodeStoreTest, KeepsNoCodeAndNoSecretOfTheBrowser) {
  const auto code = issue(ada("a-secret-of-the-browser"));
  EXPECT_EQ(number("SELECT count(*) FROM one_time_codes c WHERE c::text LIKE '%a-secret%' OR c.code_hash = sha256('" +
                   code + "')"),
            0);
}

TEST_F(CodeStoreTest, WhatIsOverIsRemovedWhenTheLimitsNeedItNoMore) {
  issue(ada());
  now += 69min;
  EXPECT_EQ(codes->expire(now).value(), 0U);
  now += 1min;
  EXPECT_EQ(codes->expire(now).value(), 1U);
}

}  // namespace
}  // namespace causeway::api::account
