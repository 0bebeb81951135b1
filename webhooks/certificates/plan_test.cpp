#include "webhooks/certificates/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::webhooks::certificates {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr kube::ResourceType kType{"admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration",
                                   "validatingwebhookconfigurations", false};

class CertificatePlan : public testing::Test {
 protected:
  CertificatePlan() : old(*base::make_authority("old")), fresh(*base::make_authority("new")) {
    seen.now = base::system_clock().wall();
  }

  void store(const base::KeyPair& current, std::vector<std::string> previous, base::Duration age) {
    seen.stored = Authorities{current, std::move(previous), seen.now - age};
  }
  void trust(const std::string& bundle) { seen.configurations = {{kType, "causeway", {{"a", bundle}, {"b", bundle}}}}; }
  void serve(const base::KeyPair& authority, base::Duration left = 24h * 80) {
    seen.leaf = Leaf{authority.cert_pem, seen.now + left};
  }
  Plan decide() const { return plan(seen, policy); }

  const base::KeyPair old, fresh;
  Policy policy;
  Observation seen;
};

TEST_F(CertificatePlan, FirstAnAuthority) {
  trust("");
  const auto p = decide();
  EXPECT_TRUE(p.make_authority);
  EXPECT_THAT(p.previous, IsEmpty());
  EXPECT_FALSE(p.issue_leaf);
  EXPECT_THAT(p.not_ready, HasSubstr("authority"));
}

TEST_F(CertificatePlan, ThenALeafAndTheBundleAndOnlyThenReady) {
  store(fresh, {}, 0s);
  trust("");
  auto p = decide();
  EXPECT_TRUE(p.issue_leaf);
  EXPECT_THAT(p.inject, ElementsAre(0));
  EXPECT_EQ(p.bundle, fresh.cert_pem);
  EXPECT_THAT(p.not_ready, HasSubstr("caBundle of a"));
  EXPECT_TRUE(p.hurry);
  serve(fresh);
  trust(p.bundle);
  p = decide();
  EXPECT_FALSE(p.issue_leaf || p.make_authority || p.drop_previous || p.hurry);
  EXPECT_THAT(p.inject, IsEmpty());
  EXPECT_EQ(p.not_ready, "");
}

TEST_F(CertificatePlan, MissingConfigurationIsNotReady) {
  store(fresh, {}, 0s);
  serve(fresh);
  trust(fresh.cert_pem);
  seen.configurations.push_back({kType, "other", {}});
  EXPECT_EQ(decide().not_ready, "there is no ValidatingWebhookConfiguration other");
}

TEST_F(CertificatePlan, ABundleThatSomebodyRemovedComesBack) {
  store(fresh, {}, 48h);
  serve(fresh);
  trust(fresh.cert_pem);
  seen.configurations[0].webhooks[1].bundle = "";
  const auto p = decide();
  EXPECT_THAT(p.inject, ElementsAre(0));
  EXPECT_THAT(p.not_ready, HasSubstr("caBundle of b"));
}

// One year before its end the authority is followed by another; each step only when the one before has been seen.
TEST_F(CertificatePlan, RotationNeverServesWhatIsNotTrusted) {
  const auto ending = *base::make_authority("ending", 24h * 300);
  store(ending, {}, 24h * 1500);
  trust(ending.cert_pem);
  serve(ending);
  auto p = decide();
  ASSERT_TRUE(p.make_authority);
  EXPECT_THAT(p.previous, ElementsAre(ending.cert_pem));

  store(fresh, p.previous, 0s);
  p = decide();
  EXPECT_THAT(p.inject, ElementsAre(0));
  EXPECT_FALSE(p.issue_leaf) << "nobody trusts the new one yet";
  EXPECT_EQ(p.not_ready, "") << "the old one serves on";

  trust(p.bundle);
  seen.trusted_since = seen.now - policy.settle + 1s;
  p = decide();
  EXPECT_FALSE(p.issue_leaf) << "an API server may not have seen the bundle yet";
  EXPECT_TRUE(p.hurry);

  seen.trusted_since = seen.now - policy.settle;
  p = decide();
  EXPECT_TRUE(p.issue_leaf);
  EXPECT_FALSE(p.drop_previous);
  serve(fresh);

  store(fresh, {ending.cert_pem}, policy.overlap);
  p = decide();
  EXPECT_TRUE(p.drop_previous);
  EXPECT_THAT(p.previous, IsEmpty());

  store(fresh, {}, policy.overlap);
  p = decide();
  EXPECT_THAT(p.inject, ElementsAre(0)) << "the old one is trusted no longer";
  EXPECT_EQ(p.bundle, fresh.cert_pem);
  EXPECT_EQ(p.not_ready, "");
}

TEST_F(CertificatePlan, AnOlderViewTakesNothingOutDuringTheOverlap) {
  store(old, {}, 1min);  // as a replica sees it that has not seen the rotation
  serve(old);
  trust(fresh.cert_pem + old.cert_pem);
  EXPECT_THAT(decide().inject, IsEmpty());
}

TEST_F(CertificatePlan, AnEmptiedSecretIsARotation) {
  seen.remembered = Authorities{old, {}, seen.now - 48h};
  trust(old.cert_pem);
  serve(old);
  const auto p = decide();
  EXPECT_TRUE(p.make_authority);
  EXPECT_THAT(p.previous, ElementsAre(old.cert_pem));
}

TEST_F(CertificatePlan, AReplicaThatStartsDuringTheOverlapWaitsForTrust) {
  store(fresh, {old.cert_pem}, 0s);
  trust(old.cert_pem);
  const auto p = decide();
  EXPECT_TRUE(p.issue_leaf) << "only the new one's key is there";
  EXPECT_THAT(p.not_ready, HasSubstr("caBundle"));
  EXPECT_THAT(p.inject, ElementsAre(0));
}

TEST_F(CertificatePlan, LeavesAreRenewedInTimeAndWhenItIsTooLate) {
  store(fresh, {}, 48h);
  trust(fresh.cert_pem);
  serve(fresh, policy.leaf_renew_before + 1h);
  EXPECT_FALSE(decide().issue_leaf);
  serve(fresh, policy.leaf_renew_before - 1h);
  EXPECT_TRUE(decide().issue_leaf);
  serve(fresh, -1h);
  EXPECT_TRUE(decide().issue_leaf);
  EXPECT_EQ(decide().not_ready, "");
}

TEST_F(CertificatePlan, ALeafThatNobodyTrustsIsReplacedAtOnce) {
  store(fresh, {}, 48h);
  trust(fresh.cert_pem);
  serve(old);
  EXPECT_TRUE(decide().issue_leaf);
}

TEST_F(CertificatePlan, WhatExpiredIsNotTrustedOn) {
  const auto expired = *base::make_authority("expired", -1min);
  store(expired, {}, 24h * 2000);
  trust(expired.cert_pem);
  serve(expired, -1min);
  const auto p = decide();
  EXPECT_TRUE(p.make_authority);
  EXPECT_THAT(p.previous, IsEmpty());
}

}  // namespace
}  // namespace causeway::webhooks::certificates
