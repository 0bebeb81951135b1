// manifests/base/cluster-policies.yaml against a real API server: who may approve and accept, and what protects a
// Cluster, without any webhook.

#include "tests/integration/webhooks_fixture.hpp"

namespace causeway::webhooks {
namespace {

using kube::eventually;
using kube::Object;
using kube::PatchType;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ClusterPolicies : public WebhooksTest {
 protected:
  static constexpr kube::ResourceType kPolicy{"admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy",
                                              "validatingadmissionpolicies", false};
  static constexpr kube::ResourceType kBinding{"admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding",
                                               "validatingadmissionpolicybindings", false};

  void SetUp() override {
    WebhooksTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const std::string& document : documents("cluster-policies.yaml")) {
      const auto at = document.find("  name: ") + 8;
      const std::string name = document.substr(at, document.find('\n', at) - at);
      const bool binding = document.find("kind: ValidatingAdmissionPolicyBinding") != document.npos;
      const auto& type = document.find("kind: ClusterRole") != document.npos ? kube::resources::kClusterRole
                         : binding                                           ? kBinding
                                                                             : kPolicy;
      made.emplace_back(type, name);
      auto applied = client->raw({.method = "PATCH",
                                  .target = type.path("", name) + "?fieldManager=test&force=true",
                                  .headers = {{"Content-Type", "application/apply-patch+yaml"}},
                                  .body = document});
      ASSERT_TRUE(applied.ok()) << name << ": " << applied.error().message;
    }
    grant("ada", {"get", "create", "patch"});
  }
  void TearDown() override {
    for (auto it = made.rbegin(); client && it != made.rend(); ++it) (void)client->remove(it->first, "", it->second);
    WebhooksTest::TearDown();
  }

  void grant(const std::string& user, const std::vector<std::string>& verbs) {
    Object role = kube::make_object(kube::resources::kRole, ns, user);
    kube::json::array list;
    for (const std::string& verb : verbs) list.emplace_back(verb);
    role["rules"] = kube::json::array{Object{{"apiGroups", kube::json::array{"causeway.dev"}},
                                             {"resources", kube::json::array{"clusters"}},
                                             {"verbs", list}}};
    ASSERT_TRUE(client->apply(kube::resources::kRole, role, {.force = true}).ok());
    Object binding = kube::make_object(kube::resources::kRoleBinding, ns, user);
    binding["roleRef"] = Object{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "Role"}, {"name", user}};
    binding["subjects"] =
        kube::json::array{Object{{"kind", "User"}, {"apiGroup", "rbac.authorization.k8s.io"}, {"name", user}}};
    ASSERT_TRUE(client->apply(kube::resources::kRoleBinding, binding, {.force = true}).ok());
  }
  kube::Client as(const std::string& user) const {
    auto other = config;
    other.impersonate_user = user;
    other.max_retries = 0;
    return kube::Client(other);
  }

  std::vector<std::pair<kube::ResourceType, std::string>> made;
};

TEST_F(ClusterPolicies, ApprovingAndAcceptingNeedTheirVerbs) {
  auto ada = as("ada");
  ASSERT_TRUE(eventually([&] { return ada.create(crds::Cluster::kResource, cluster("c")).ok(); }));
  const auto& type = crds::Cluster::kResource;
  const kube::json::value approved{{"spec", Object{{"approvedPlan", std::string(64, 'a')}}}};
  const kube::json::value accepted{{"spec", Object{{"accepted", true}}}};
  // A policy is in force a moment after it was written.
  ASSERT_TRUE(eventually([&] {
    const auto tried = ada.patch(type, ns, "c", PatchType::kMerge, approved, {.dry_run = true});
    return !tried.ok() && tried.error().message.find("spec.approvedPlan") != std::string::npos;
  }));
  const auto refused = ada.patch(type, ns, "c", PatchType::kMerge, approved);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("spec.approvedPlan: ada may not approve"), HasSubstr("verb \"approve\"")));
  EXPECT_THAT(ada.patch(type, ns, "c", PatchType::kMerge, accepted).error().message,
              HasSubstr("spec.accepted: ada may not"));
  auto with_plan = cluster("other");
  with_plan["spec"].as_object()["approvedPlan"] = std::string(64, 'a');
  EXPECT_FALSE(ada.create(type, with_plan).ok());
  // Anything else may be changed, also when somebody else has approved.
  ASSERT_TRUE(client->patch(type, ns, "c", PatchType::kMerge, approved).ok());
  EXPECT_TRUE(ada.patch(type, ns, "c", PatchType::kMerge, {{"spec", Object{{"description", "mine"}}}}).ok());
  EXPECT_TRUE(ada.patch(type, ns, "c", PatchType::kMerge, {{"spec", Object{{"approvedPlan", nullptr}}}}).ok());

  grant("ada", {"get", "create", "patch", "approve", "accept"});
  EXPECT_TRUE(eventually([&] { return ada.patch(type, ns, "c", PatchType::kMerge, approved).ok(); }));
  EXPECT_TRUE(ada.patch(type, ns, "c", PatchType::kMerge, accepted).ok());
}

TEST_F(ClusterPolicies, WhatIsProtectedGoesOnlyWhenItIsConfirmed) {
  const auto& type = crds::Cluster::kResource;
  // Never made: nothing to protect.
  ASSERT_TRUE(client->create(type, cluster("new", "aws")).ok());
  EXPECT_TRUE(client->remove(type, ns, "new").ok());
  // `local` is not protected, unless it says so.
  ASSERT_TRUE(client->create(type, cluster("there", "aws")).ok());
  ASSERT_TRUE(client->create(type, cluster("local")).ok());
  const kube::json::value state{
      {"status", Object{{"state", Object{{"lineage", "l"}, {"serial", 1}, {"resources", 3}}}}}};
  for (const auto* name : {"there", "local"}) {
    auto done = client->patch(type, ns, name, PatchType::kMerge, state, {.subresource = "status"});
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  EXPECT_TRUE(client->remove(type, ns, "local").ok());
  ASSERT_TRUE(eventually([&] { return !client->remove(type, ns, "there", {.dry_run = true}).ok(); }));
  EXPECT_THAT(
      client->remove(type, ns, "there").error().message,
      AllOf(HasSubstr("spec.protected: Cluster there is protected"), HasSubstr("causeway.dev/confirm-destroy=there")));
  const auto annotate = [&](const char* name) {
    return client->patch(type, ns, "there", PatchType::kMerge,
                         {{"metadata", Object{{"annotations", Object{{"causeway.dev/confirm-destroy", name}}}}}});
  };
  ASSERT_TRUE(annotate("another").ok());
  EXPECT_FALSE(client->remove(type, ns, "there").ok());
  ASSERT_TRUE(annotate("there").ok());
  EXPECT_TRUE(client->remove(type, ns, "there").ok());
}

TEST_F(ClusterPolicies, ANamespaceThatGoesIsNotHeldUp) {
  const auto& type = crds::Cluster::kResource;
  ASSERT_TRUE(client->create(type, cluster("there", "aws")).ok());
  const kube::json::value state{
      {"status", Object{{"state", Object{{"lineage", "l"}, {"serial", 1}, {"resources", 3}}}}}};
  ASSERT_TRUE(client->patch(type, ns, "there", PatchType::kMerge, state, {.subresource = "status"}).ok());
  ASSERT_TRUE(eventually([&] { return !client->remove(type, ns, "there", {.dry_run = true}).ok(); }));
  auto controller = config;
  controller.impersonate_user = "system:serviceaccount:kube-system:namespace-controller";
  controller.impersonate_groups = {"system:masters"};
  EXPECT_TRUE(kube::Client(controller).remove(type, ns, "there").ok());
}

}  // namespace
}  // namespace causeway::webhooks
