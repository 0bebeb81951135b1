#include "apiserver/gateway/identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/jwt/claims.hpp"
#include "apiserver/jwt/key_set.hpp"
#include "apiserver/jwt/test_keys.hpp"
#include "base/files.hpp"

namespace causeway::api::gateway {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

const base::WallTime kNow{std::chrono::seconds(1'800'000'000)};

rest::Caller ada() {
  rest::Caller caller;
  caller.role = rest::Role::kUser;
  caller.id = "7";
  caller.name = "ada";
  return caller;
}

// What a service behind the gateway does.
base::Result<boost::json::object> verified(const Identities& identities, const std::string& text,
                                           const std::string& host, base::WallTime now) {
  const auto keys = jwt::KeySet::parse(identities.key_set());
  if (!keys) return keys.error();
  const auto token = jwt::parse(text);
  if (!token) return token.error();
  EXPECT_EQ(token->type(), kIdentityType);
  const auto* key = keys->find(*token);
  if (!key) return base::Error{base::ErrorCode::kPermission, "no such key"};
  auto claims = token->verify(*key);
  if (!claims) return claims;
  if (auto right = jwt::check_claims(*claims, {"https://causeway.example", host, 0s}, now); !right)
    return right.error();
  return claims;
}

TEST(Identities, AreVerifiedWithThePublishedKeys) {
  const Identities identities({jwt::test::ec_key()});
  const auto text = identities.sign(ada(), "https://causeway.example", "demo.example", kNow);
  const auto claims = verified(identities, text, "demo.example", kNow);
  ASSERT_TRUE(claims) << claims.error().message;
  EXPECT_EQ(claims->at("sub"), "7");
  EXPECT_EQ(claims->at("name"), "ada");
  EXPECT_EQ(claims->at("role"), "user");
  EXPECT_FALSE(claims->contains("scope"));
  EXPECT_THAT(identities.key_set(), testing::Not(HasSubstr("\"d\""))) << "the private part";
}

TEST(Identities, AreForOneHostAndAMinute) {
  const Identities identities({jwt::test::ec_key()});
  const auto text = identities.sign(ada(), "https://causeway.example", "demo.example", kNow);
  EXPECT_FALSE(verified(identities, text, "other.example", kNow));
  EXPECT_TRUE(verified(identities, text, "demo.example", kNow + 59s));
  EXPECT_FALSE(verified(identities, text, "demo.example", kNow + 60s));
}

TEST(Identities, AreSignedAnewAfterAQuarterOfTheirLifeAndForWhoeverIsAnother) {
  const Identities identities({jwt::test::ec_key()});
  const auto sign = [&](const rest::Caller& caller, const char* host, base::WallTime now) {
    return identities.sign(caller, "https://causeway.example", host, now);
  };
  const auto first = sign(ada(), "demo.example", kNow);
  EXPECT_EQ(sign(ada(), "demo.example", kNow + 15s), first);
  const auto later = sign(ada(), "demo.example", kNow + 16s);
  EXPECT_NE(later, first);
  EXPECT_TRUE(verified(identities, later, "demo.example", kNow + 75s));
  EXPECT_NE(sign(ada(), "other.example", kNow + 16s), later);
  auto administrator = ada();
  administrator.role = rest::Role::kAdministrator;
  EXPECT_EQ(
      verified(identities, sign(administrator, "demo.example", kNow + 16s), "demo.example", kNow + 16s)->at("role"),
      "administrator");
}

TEST(Identities, SayWhatATokenMayBeUsedFor) {
  const Identities identities({jwt::test::ec_key()});
  auto token = ada();
  token.role = rest::Role::kAdministrator;
  token.all_scopes = false;
  token.scopes = {"demo:write", "demo:read"};
  const auto claims =
      verified(identities, identities.sign(token, "https://causeway.example", "a", kNow), "a", kNow).value();
  EXPECT_EQ(claims.at("scope"), "demo:write demo:read");
  EXPECT_EQ(claims.at("role"), "administrator");
  token.scopes.clear();
  EXPECT_EQ(verified(identities, identities.sign(token, "https://causeway.example", "a", kNow), "a", kNow)
                .value()
                .at("scope"),
            "");
}

TEST(Identities, AKeyIsChangedWithoutAGap) {
  const auto old_key = jwt::test::ec_key(), new_key = jwt::test::ec_key();
  const Identities before({old_key}), announced({old_key, new_key}), changed({new_key, old_key}), after({new_key});
  const auto sign = [](const Identities& by) { return by.sign(ada(), "https://causeway.example", "a", kNow); };
  EXPECT_TRUE(verified(announced, sign(before), "a", kNow));
  EXPECT_TRUE(verified(announced, sign(changed), "a", kNow));
  EXPECT_TRUE(verified(changed, sign(announced), "a", kNow));
  EXPECT_FALSE(verified(after, sign(before), "a", kNow));
}

TEST(Identities, WithoutAKeyNothingIsSigned) {
  const Identities none;
  EXPECT_EQ(none.sign(ada(), "https://causeway.example", "a", kNow), "");
  EXPECT_EQ(none.key_set(), "{\"keys\":[]}");
}

TEST(Identities, AreSignedWithP256Only) {
  const base::TemporaryDirectory folder;
  const auto file = folder.path() / "key";
  const auto read = [&](const std::string& pem) {
    EXPECT_TRUE(base::write_file_atomic(file, pem));
    return Identities::read({file});
  };
  EXPECT_TRUE(read(jwt::test::ec_pem()));
  EXPECT_THAT(read(jwt::test::rsa_pem()).error().message, HasSubstr("P-256"));
  EXPECT_THAT(read(jwt::test::ed25519_pem()).error().message, HasSubstr("P-256"));
  EXPECT_THAT(read("no key").error().message, HasSubstr(file.string()));
  EXPECT_FALSE(Identities::read({folder.path() / "nothing"}));
}

TEST(Identities, AFolderStandsForItsKeysInTheOrderOfTheirNames) {
  const base::TemporaryDirectory folder;
  const auto write = [&](const char* name, const std::string& text) {
    EXPECT_TRUE(base::write_file_atomic(folder.path() / name, text));
  };
  EXPECT_EQ(Identities::read({folder.path()})->key_set(), R"({"keys":[]})");
  write("..data", "what Kubernetes keeps there");
  write("1.pem", jwt::test::ec_pem());
  const auto one = Identities::read({folder.path()});
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->key_set(), Identities::read({folder.path() / "1.pem"})->key_set());
  write("2.pem", "no key");
  EXPECT_THAT(Identities::read({folder.path()}).error().message, HasSubstr("2.pem"));
}

}  // namespace
}  // namespace causeway::api::gateway
