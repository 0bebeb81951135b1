#include "apiserver/session/sealed_session.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace causeway::api::session {
namespace {

using namespace std::chrono_literals;

Store::Found some_session() {
  const base::WallTime now{1'700'000'000'123'456'789ns};
  Store::Found found;
  found.session = {.id = 7,
                   .person = {42, "Ada \"L\"", "u-ada", true, true},
                   .times = {now, now + 1s, now + 2s, now + 3s, now + 4s},
                   .created_at = now - 1s,
                   .authenticated_at = now - 2s,
                   .method = "oauth",
                   .initial_until = now + 5s,
                   .second_factor = SecondFactor::kMissing};
  found.previous = true;
  return found;
}

const std::string kKey(32, 'k'), kOf = std::string("\0hash", 5) + "12";

TEST(SealedSession, ComesBackWhole) {
  const auto found = some_session();
  const auto back = unseal(seal(found, kOf, kKey), kOf, kKey);
  ASSERT_TRUE(back);
  const auto &a = found.session, &b = back->session;
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.person.id, b.person.id);
  EXPECT_EQ(a.person.name, b.person.name);
  EXPECT_EQ(a.person.ns, b.person.ns);
  EXPECT_TRUE(b.person.administrator && b.person.initialised && back->previous);
  EXPECT_EQ(a.times.renewed_at, b.times.renewed_at);
  EXPECT_EQ(a.times.last_used_at, b.times.last_used_at);
  EXPECT_EQ(a.times.expires_at, b.times.expires_at);
  EXPECT_EQ(a.times.absolute_expires_at, b.times.absolute_expires_at);
  EXPECT_EQ(a.times.previous_expires_at, b.times.previous_expires_at);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.authenticated_at, b.authenticated_at);
  EXPECT_EQ(a.method, b.method);
  EXPECT_EQ(a.initial_until, b.initial_until);
  EXPECT_EQ(b.second_factor, SecondFactor::kMissing);
  auto plain = found;
  plain.session.times.previous_expires_at.reset();
  plain.session.initial_until.reset();
  EXPECT_FALSE(unseal(seal(plain, kOf, kKey), kOf, kKey)->session.times.previous_expires_at);
  EXPECT_FALSE(unseal(seal(plain, kOf, kKey), kOf, kKey)->session.initial_until);
}

TEST(SealedSession, SaysWhetherTheSecondFactorWasGiven) {
  for (const auto factor : {SecondFactor::kNone, SecondFactor::kMissing, SecondFactor::kGiven}) {
    auto found = some_session();
    found.session.second_factor = factor;
    EXPECT_EQ(unseal(seal(found, kOf, kKey), kOf, kKey)->session.second_factor, factor);
  }
  // As the version before wrote it, which knew none: the database is asked.
  auto text = seal(some_session(), kOf, kKey).substr(64);
  text.replace(text.rfind(','), std::string::npos, "]");
  text.insert(0, base::hex_encode(base::hmac_sha256(kKey, "session " + std::to_string(kOf.size()) + ' ' + kOf + text)));
  EXPECT_FALSE(unseal(text, kOf, kKey));
}

TEST(SealedSession, NobodyElseWritesOne) {
  const auto text = seal(some_session(), kOf, kKey);
  EXPECT_FALSE(unseal(text, "other", kKey)) << "of another token, or another epoch";
  EXPECT_FALSE(unseal(text, kOf, std::string(32, 'x')));
  for (std::size_t i = 0; i < text.size(); i += 7) {
    auto changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(unseal(changed, kOf, kKey)) << i;
  }
  for (std::size_t length : {0U, 10U, 64U, 65U}) EXPECT_FALSE(unseal(text.substr(0, length), kOf, kKey)) << length;
  // What is for a shorter purpose is not for a longer one that begins alike.
  EXPECT_FALSE(unseal(seal(some_session(), "ab", kKey), "abc", kKey));
}

}  // namespace
}  // namespace causeway::api::session
