#include "apiserver/oauth/attempt.hpp"

#include <gtest/gtest.h>
#include <set>

namespace causeway::api::oauth {
namespace {

TEST(Attempt, ChallengeIsThatOfTheRfc) {
  // RFC 7636, appendix B
  EXPECT_EQ(code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Attempt, NoSecretIsEverTheSame) {
  std::set<std::string> all;
  for (int i = 0; i < 100; i++) {
    const auto attempt = make_attempt();
    for (const auto& secret : {attempt.state, attempt.verifier, attempt.nonce}) {
      EXPECT_EQ(secret.size(), 43U);  // 256 bits; the least of RFC 7636, 4.1
      EXPECT_EQ(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                std::string::npos);
      all.insert(secret);
    }
  }
  EXPECT_EQ(all.size(), 300U);
}

}  // namespace
}  // namespace causeway::api::oauth
