// Whose an account at another provider is.

#include "apiserver/oauth/identity_store.hpp"

#include <atomic>
#include <thread>

#include "tests/integration/oauth/oauth_fixture.hpp"

namespace causeway::api::oauth {
namespace {

using namespace std::chrono_literals;
using Linked = IdentityStore::Linked;
using Unlinked = IdentityStore::Unlinked;

constexpr const char* kIssuer = "https://id.example";

class IdentityStoreTest : public OauthTest {
 protected:
  void SetUp() override {
    OauthTest::SetUp();
    if (IsSkipped()) return;
    ada = make_user("ada");
    eve = make_user("eve");
  }
  static Identity identity(std::string subject, std::string issuer = kIssuer) {
    Identity made;
    made.provider = "company";
    made.issuer = std::move(issuer);
    made.subject = std::move(subject);
    made.email = "ada@example.org";
    made.email_verified = true;
    made.claims = {{"name", "Ada"}};
    return made;
  }
  Linked link(std::int64_t user, const Identity& which) { return identities().link(user, which, clock.wall()).value(); }
  std::int64_t id_of(const Identity& which) { return identities().find(which).value()->identity; }
  Unlinked unlink(std::int64_t user, const Identity& which) { return identities().unlink(user, id_of(which)).value(); }
  IdentityStore identities(std::vector<std::string> issuers = {kIssuer, "https://github.com"}) {
    return {*pool, std::move(issuers)};
  }
  std::int64_t ada = 0, eve = 0;
};

TEST_F(IdentityStoreTest, IsFoundByIssuerAndSubject) {
  EXPECT_EQ(link(ada, identity("17")), Linked::kDone);
  const auto owner = identities().find(identity("17")).value();
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->user, ada);
  EXPECT_FALSE(owner->disabled);
  // The address is the same; nothing else is.
  EXPECT_FALSE(identities().find(identity("18")).value());
  EXPECT_FALSE(identities().find(identity("17", "https://github.com")).value());
  // The provider's name is the administrator's.
  auto renamed = identity("17");
  renamed.provider = "renamed";
  EXPECT_EQ(identities().find(renamed).value()->user, ada);
}

TEST_F(IdentityStoreTest, TellsOfADisabledAccount) {
  link(ada, identity("17"));
  script("UPDATE accounts SET disabled_at = now() WHERE id = " + std::to_string(ada));
  EXPECT_TRUE(identities().find(identity("17")).value()->disabled);
}

TEST_F(IdentityStoreTest, BelongsToOne) {
  EXPECT_EQ(link(ada, identity("17")), Linked::kDone);
  EXPECT_EQ(link(ada, identity("17")), Linked::kAlready);
  EXPECT_EQ(link(eve, identity("17")), Linked::kSomebodys);
  EXPECT_EQ(identities().find(identity("17")).value()->user, ada);
  const auto nobody = identities().link(4711, identity("18"), clock.wall());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, database::ErrorKind::kForeignKey);
}

TEST_F(IdentityStoreTest, OfManyWhoLinkItAtOnceOneGetsIt) {
  std::atomic<int> done = 0, somebodys = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; i++)
      threads.emplace_back([&, i] {
        const auto linked = link(i % 2 == 0 ? ada : eve, identity("17"));
        if (linked == Linked::kDone) ++done;
        if (linked == Linked::kSomebodys) ++somebodys;
      });
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(somebodys, 4);
}

TEST_F(IdentityStoreTest, RemembersTheLastLoginAndWhatWasTold) {
  link(ada, identity("17"));
  EXPECT_EQ(identities().list(ada)->at(0).last_login_at, std::nullopt);
  auto changed = identity("17");
  changed.provider = "renamed";
  changed.claims = {{"name", "Ada L."}};
  // PostgreSQL keeps microseconds.
  const auto now = std::chrono::floor<std::chrono::microseconds>(clock.wall());
  ASSERT_TRUE(identities().used(id_of(changed), changed, now).value());
  const auto entry = identities().list(ada)->at(0);
  EXPECT_EQ(entry.last_login_at, now);
  EXPECT_EQ(entry.provider, "renamed");
  EXPECT_EQ(entry.subject, "17");
  EXPECT_EQ(entry.claims.at("name"), "Ada L.");
  EXPECT_FALSE(identities().used(4711, changed, now).value());
  EXPECT_FALSE(identities().used(entry.id, identity("18"), now).value());
}

TEST_F(IdentityStoreTest, TheLastWayToSignInStays) {
  link(ada, identity("17"));
  EXPECT_EQ(unlink(ada, identity("17")), Unlinked::kLastWay);
  link(ada, identity("1", "https://github.com"));
  EXPECT_EQ(unlink(ada, identity("17")), Unlinked::kDone);
  EXPECT_EQ(unlink(ada, identity("1", "https://github.com")), Unlinked::kLastWay);
  EXPECT_EQ(identities().list(ada)->size(), 1U);
}

TEST_F(IdentityStoreTest, AProviderThatIsGoneIsNoWay) {
  link(ada, identity("17"));
  link(ada, identity("1", "https://gone.example"));
  EXPECT_EQ(unlink(ada, identity("17")), Unlinked::kLastWay);
  EXPECT_EQ(unlink(ada, identity("1", "https://gone.example")), Unlinked::kDone);
}

TEST_F(IdentityStoreTest, ATelephoneAVerifiedAddressAndAPasswordAreWays) {
  link(ada, identity("17"));
  script("UPDATE users SET email = 'ada@example.org' WHERE id = " + std::to_string(ada));
  EXPECT_EQ(unlink(ada, identity("17")), Unlinked::kLastWay);
  script("UPDATE users SET email_verified_at = now() WHERE id = " + std::to_string(ada));
  EXPECT_EQ(unlink(ada, identity("17")), Unlinked::kDone);
  link(eve, identity("18"));
  script("UPDATE users SET mobile = '+8613800138000' WHERE id = " + std::to_string(eve));
  EXPECT_EQ(unlink(eve, identity("18")), Unlinked::kDone);
  const auto bob = make_user("bob");
  link(bob, identity("19"));
  EXPECT_EQ(unlink(bob, identity("19")), Unlinked::kLastWay);
  script("INSERT INTO credentials (user_id, password_hash) VALUES (" + std::to_string(bob) +
         ", '$argon2id$v=19$m=48128,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g')");
  EXPECT_EQ(unlink(bob, identity("19")), Unlinked::kDone);
}

TEST_F(IdentityStoreTest, OnlyItsOwnerUnlinksIt) {
  link(ada, identity("17"));
  link(eve, identity("18"));
  link(eve, identity("1", "https://github.com"));
  EXPECT_EQ(unlink(eve, identity("17")), Unlinked::kNone);
  EXPECT_EQ(identities().unlink(ada, 4711).value(), Unlinked::kNone);
  EXPECT_EQ(identities().unlink(4711, 1).value(), Unlinked::kNone);
  EXPECT_TRUE(identities().find(identity("17")).value());
}

TEST_F(IdentityStoreTest, OfTheLastTwoOneStaysWhenBothAreUnlinkedAtOnce) {
  for (int i = 0; i < 10; i++) {
    const auto first = identity("a" + std::to_string(i)), second = identity("b" + std::to_string(i));
    const auto user = make_user("user" + std::to_string(i));
    link(user, first);
    link(user, second);
    const auto one = id_of(first), other = id_of(second);
    {
      std::jthread a([&] { (void)identities().unlink(user, one); });
      std::jthread b([&] { (void)identities().unlink(user, other); });
    }
    EXPECT_EQ(identities().list(user)->size(), 1U);
  }
}

}  // namespace
}  // namespace causeway::api::oauth
