// What a region's credential may do on the hub, and everything else: tried against a real API server with its RBAC.

#include <sstream>

#include "base/files.hpp"
#include "tests/integration/access.hpp"
#include "tests/integration/federation_fixture.hpp"

namespace causeway::op::federation {
namespace {

namespace json = kube::json;

class RegionCredential : public FederationTest {
 protected:
  void SetUp() override {
    FederationTest::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) region = log_in();
  }

  int code(std::string_view method, const std::string& path) { return code_of(*region, method, path); }

  static json::object secret(std::string_view name, std::string_view kind = "Secret") {
    return {{"apiVersion", "v1"}, {"kind", kind}, {"name", name}};
  }
  // With the region's token.
  kube::Result<base::HttpResponse> ask_for_token(int seconds, const json::object& bound) {
    json::object spec{{"expirationSeconds", seconds}};
    if (!bound.empty()) spec["boundObjectRef"] = bound;
    const json::object request{
        {"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", std::move(spec)}};
    return region->raw({.method = "POST",
                        .target = kube::resources::kServiceAccount.path(home, "region", "token"),
                        .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
                        .body = json::serialize(request)});
  }
  // "" when it was given one, else what was said.
  std::string refusal(int seconds, const json::object& bound) {
    const auto answer = ask_for_token(seconds, bound);
    return answer ? "" : std::to_string(answer.error().code) + " " + answer.error().message;
  }

  std::unique_ptr<kube::Client> region;
};

// The table of operator/federation/README.md: "| `leases.coordination.k8s.io` `region` | get, update, patch | why |".
std::set<test::Access> documented(const std::string& home) {
  std::set<test::Access> all;
  const auto readme = base::read_file(CAUSEWAY_SOURCE_DIR "/operator/federation/README.md");
  EXPECT_TRUE(readme.ok());
  std::istringstream lines(readme->substr(readme->find("## What a region's credential may do")));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && !line.starts_with("## ")) {
    if (!line.starts_with("| `")) continue;
    std::istringstream cells(line.substr(1));
    std::string resources, verbs, cell;
    std::getline(cells, resources, '|');
    std::getline(cells, verbs, '|');
    std::vector<std::string> quoted;
    std::istringstream words(resources);
    while (words >> cell) quoted.push_back(cell.substr(1, cell.size() - 2));
    test::Access a;
    const auto& full = quoted.at(0);
    const auto slash = std::min(full.find('/'), full.size());
    const auto dot = std::min(full.find('.'), slash);
    a.kind = {.group = dot < slash ? full.substr(dot + 1, slash - dot - 1) : "",
              .resource = full.substr(0, dot),
              .subresource = slash < full.size() ? full.substr(slash + 1) : ""};
    a.name = quoted.size() > 1 ? quoted[1] : "";
    a.ns = home;
    std::istringstream list(verbs);
    while (list >> cell) {
      a.verb = cell.substr(0, cell.find(','));
      all.insert(a);
    }
  }
  return all;
}

// What every account of every cluster may (ClusterRole system:basic-user): ask about itself.
std::set<test::Access> everybodys(const std::string& ns) {
  return {{{"authentication.k8s.io", "selfsubjectreviews", ""}, "create", "", ns},
          {{"authorization.k8s.io", "selfsubjectaccessreviews", ""}, "create", "", ns},
          {{"authorization.k8s.io", "selfsubjectrulesreviews", ""}, "create", "", ns}};
}

// One line for each that only one of the two has.
std::string difference(const std::set<test::Access>& found, const std::set<test::Access>& expected) {
  std::string lines;
  for (const auto& a : found)
    if (!expected.contains(a)) lines += "may, and should not: " + a.text() + "\n";
  for (const auto& a : expected)
    if (!found.contains(a)) lines += "should, and may not: " + a.text() + "\n";
  return lines;
}

TEST_F(RegionCredential, ItsRulesAreTheTableOfTheReadmeAndNoMore) {
  auto expected = documented(home);
  ASSERT_EQ(expected.size(), 15u) << "the table of operator/federation/README.md was not understood";
  expected.merge(everybodys(home));
  const auto here = test::rules_of(*region, home);
  EXPECT_TRUE(here.complete);
  EXPECT_EQ(difference(here.access, expected), "");
  for (const std::string& elsewhere : {ns, std::string("kube-system"), std::string("default")})
    EXPECT_EQ(difference(test::rules_of(*region, elsewhere).access, everybodys(elsewhere)), "");

  // Discovery, health and version, as for everybody.
  const std::set<std::string> known{"/api",
                                    "/api/*",
                                    "/apis",
                                    "/apis/*",
                                    "/healthz",
                                    "/livez",
                                    "/readyz",
                                    "/openapi",
                                    "/openapi/*",
                                    "/version",
                                    "/version/",
                                    "/.well-known/openid-configuration",
                                    "/.well-known/openid-configuration/",
                                    "/openid/v1/jwks",
                                    "/openid/v1/jwks/"};
  for (const auto& path : here.paths) EXPECT_TRUE(path.starts_with("get ") && known.contains(path.substr(4))) << path;
  for (const char* path : {"/metrics", "/logs/", "/debug/pprof/", "/debug/flags/v"}) EXPECT_EQ(code("GET", path), 403);
}

// The rules above hold every name; this is what the server answers by them, with the names there are where one may be
// allowed.
TEST_F(RegionCredential, OfEveryKindTheServerHasItMayWhatTheTableSays) {
  for (const char* crd : {"demo", "image_template", "repo"}) ASSERT_TRUE(test::install_crd(*client, crd));
  auto kinds = test::every_kind(*client);
  ASSERT_GT(kinds.size(), 80u);
  ASSERT_TRUE(kinds.contains({"causeway.dev", "assignments", "status"}));
  ASSERT_TRUE(kinds.contains({"", "pods", "exec"}));
  ASSERT_TRUE(kinds.contains({"", "nodes", "proxy"}));
  // Not in the discovery, and asked about all the same.
  std::set<test::Kind> hidden{{"", "users", ""},
                              {"", "groups", ""},
                              {"authentication.k8s.io", "uids", ""},
                              {"authentication.k8s.io", "userextras", "scopes"},
                              {"certificates.k8s.io", "signers", ""},
                              {"*", "*", ""}};
  for (const auto& kind : kinds)
    if (kind.subresource.empty()) hidden.insert({kind.group, kind.resource, "finalizers"});
  kinds.merge(hidden);

  const std::vector<std::string> verbs{"get",    "list",  "watch",  "create",
                                       "update", "patch", "delete", "deletecollection"};
  const std::vector<std::string> special{"impersonate", "escalate", "bind", "approve", "sign", "attest", "use", "*"};
  const auto table = documented(home);
  std::set<test::Kind> named;
  for (const auto& access : table) named.insert(access.kind);
  std::vector<test::Access> questions;
  for (const auto& kind : kinds) {
    for (const auto& verb : verbs) {
      questions.push_back({kind, verb, "region", home});
      questions.push_back({kind, verb, "region", ""});
      if (!named.contains(kind)) continue;
      for (const char* name : {"", "region-report", "another"}) questions.push_back({kind, verb, name, home});
      questions.push_back({kind, verb, "region", ns});
    }
    if (!kind.subresource.empty()) continue;
    for (const auto& verb : special) questions.push_back({kind, verb, "region", home});
  }

  std::set<test::Access> expected;
  for (const auto& q : questions) {
    auto any = q;
    any.name.clear();
    if (table.contains(q) || table.contains(any) || everybodys(q.ns).contains(any)) expected.insert(q);
  }
  EXPECT_EQ(difference(test::allowed(*client, *region, questions), expected), "");
}

// manifests/base/region-tokens.yaml on the server while this lives.
class TokenPolicy {
 public:
  explicit TokenPolicy(kube::Client& client) : client_(client) {
    const auto text = base::read_file(CAUSEWAY_SOURCE_DIR "/manifests/base/region-tokens.yaml");
    EXPECT_TRUE(text.ok());
    const auto end = text->find("\n---\n");
    EXPECT_NE(end, text->npos);
    apply(kPolicy, text->substr(0, end));
    apply(kBinding, text->substr(end + 5));
  }
  ~TokenPolicy() {
    for (const auto& type : {kBinding, kPolicy}) (void)client_.remove(type, "", kName);
  }

 private:
  static constexpr const char* kName = "causeway-region-tokens";
  static constexpr kube::ResourceType kPolicy{"admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy",
                                              "validatingadmissionpolicies", false};
  static constexpr kube::ResourceType kBinding{"admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding",
                                               "validatingadmissionpolicybindings", false};

  void apply(const kube::ResourceType& type, const std::string& yaml) {
    const auto applied = client_.raw({.method = "PATCH",
                                      .target = type.path("", kName) + "?fieldManager=test&force=true",
                                      .headers = {{"Content-Type", "application/apply-patch+yaml"}},
                                      .body = yaml});
    EXPECT_TRUE(applied.ok()) << applied.error().message;
  }

  kube::Client& client_;
};

TEST_F(RegionCredential, TheHubMakesItNoTokenThatOutlivesItsRevocation) {
  constexpr int kWeek = 7 * 24 * 3600;
  ASSERT_TRUE(
      client->create(kube::resources::kSecret, kube::make_object(kube::resources::kSecret, home, "other")).ok());
  TokenPolicy policy(*client);
  // A policy takes a moment to become active.
  ASSERT_TRUE(kube::eventually([&] { return !refusal(3600, {}).empty(); }));

  const auto unbound = refusal(3600, {});
  EXPECT_TRUE(unbound.starts_with("403 ")) << unbound;
  EXPECT_NE(unbound.find("name: region-credential"), unbound.npos) << unbound;
  const auto long_lived = refusal(kWeek + 24 * 3600, secret("region-credential"));
  EXPECT_TRUE(long_lived.starts_with("403 ")) << long_lived;
  EXPECT_NE(long_lived.find("604800"), long_lived.npos) << long_lived;
  for (const auto& bound : {secret("other"), secret("region-credential", "Pod"), secret("region", "Node")}) {
    const auto said = refusal(3600, bound);
    EXPECT_TRUE(said.starts_with("403 ")) << json::serialize(bound) << ": " << said;
  }

  EXPECT_EQ(refusal(kWeek, secret("region-credential")), "");
  EXPECT_EQ(refusal(3600, secret("region-credential")), "");
  EXPECT_TRUE(client->create_token(home, "region", std::chrono::hours(24 * 8)).ok()) << "others' requests are theirs";
}

const kube::ResourceType kAssignment = crds::Assignment::kResource;

TEST_F(RegionCredential, MayDoWhatItIsFor) {
  namespace r = kube::resources;
  EXPECT_NE(code("GET", kAssignment.path(home)), 403);
  EXPECT_NE(code("PATCH", kAssignment.path(home, "x", "status")), 403);
  EXPECT_EQ(code("GET", r::kSecret.path(home)), 200);
  EXPECT_EQ(code("GET", r::kLease.path(home, "region")), 200);
  EXPECT_EQ(code("PATCH", r::kLease.path(home, "region")), 200);
  EXPECT_EQ(code("PATCH", r::kConfigMap.path(home, "region-report")), 200);
  EXPECT_NE(code("POST", r::kEvent.path(home)), 403);
  EXPECT_TRUE(ask_for_token(3600, secret("region-credential")).ok());
}

TEST_F(RegionCredential, MayDoNothingElseInItsNamespace) {
  namespace r = kube::resources;
  EXPECT_EQ(code("POST", kAssignment.path(home)), 403);
  for (const char* method : {"PUT", "PATCH", "DELETE"})
    EXPECT_EQ(code(method, kAssignment.path(home, "x")), 403) << method;
  EXPECT_EQ(code("PUT", kAssignment.path(home, "x", "status")), 403);
  EXPECT_EQ(code("DELETE", kAssignment.path(home)), 403);
  for (const char* method : {"PUT", "PATCH", "DELETE"}) {
    EXPECT_EQ(code(method, r::kSecret.path(home, "region-credential")), 403) << method;
    EXPECT_EQ(code(method, r::kServiceAccount.path(home, "region")), 403) << method;
    EXPECT_EQ(code(method, r::kRole.path(home, "region")), 403) << method;
    EXPECT_EQ(code(method, r::kRoleBinding.path(home, "region")), 403) << method;
    EXPECT_EQ(code(method, r::kLease.path(home, "another")), 403) << method;
    EXPECT_EQ(code(method, r::kConfigMap.path(home, "kube-root-ca.crt")), 403) << method;
  }
  EXPECT_EQ(code("DELETE", r::kLease.path(home, "region")), 403);
  EXPECT_EQ(code("DELETE", r::kConfigMap.path(home, "region-report")), 403);
  for (const auto& type : {r::kSecret, r::kConfigMap, r::kLease, r::kServiceAccount, r::kRole, r::kRoleBinding, r::kPod,
                           r::kJob, r::kDeployment})
    EXPECT_EQ(code("POST", type.path(home)), 403) << type.kind;
  for (const auto& type : {r::kConfigMap, r::kLease, r::kServiceAccount, r::kRole, r::kRoleBinding, r::kPod, r::kEvent})
    EXPECT_EQ(code("GET", type.path(home)), 403) << type.kind;
  EXPECT_EQ(code("POST", r::kServiceAccount.path(home, "default", "token")), 403);
}

TEST_F(RegionCredential, SeesNothingOfOtherNamespacesAndOfTheCluster) {
  namespace r = kube::resources;
  for (const std::string& elsewhere : {ns, std::string("kube-system"), std::string("default")}) {
    for (const auto& type : {r::kSecret, r::kConfigMap, r::kLease, r::kPod, r::kServiceAccount, kAssignment}) {
      EXPECT_EQ(code("GET", type.path(elsewhere)), 403) << elsewhere << " " << type.kind;
      EXPECT_EQ(code("GET", type.path(elsewhere, "region")), 403) << elsewhere << " " << type.kind;
      EXPECT_EQ(code("POST", type.path(elsewhere)), 403) << elsewhere << " " << type.kind;
    }
    EXPECT_EQ(code("POST", r::kServiceAccount.path(elsewhere, "default", "token")), 403);
  }
  for (const auto& type : {r::kSecret, r::kConfigMap, r::kPod, kAssignment})
    EXPECT_EQ(code("GET", type.path("")), 403) << type.kind << " of all namespaces";
  for (const auto& type :
       {r::kNamespace, r::kNode, r::kClusterRole, r::kClusterRoleBinding, r::kCustomResourceDefinition}) {
    EXPECT_EQ(code("GET", type.path("")), 403) << type.kind;
    EXPECT_EQ(code("POST", type.path("")), 403) << type.kind;
  }
  EXPECT_EQ(code("GET", r::kNamespace.path("", home)), 403);
  for (const char* plural : {"clusters", "demos", "repos", "imagetemplates"})
    EXPECT_EQ(code("GET", "/apis/causeway.dev/v1alpha1/namespaces/" + home + "/" + plural), 403) << plural;
}

TEST_F(RegionCredential, DeletingTheCredentialRevokesEveryToken) {
  ASSERT_EQ(code("GET", kube::resources::kSecret.path(home)), 200);
  ASSERT_TRUE(client->remove(kube::resources::kSecret, home, "region-credential").ok());
  EXPECT_TRUE(kube::eventually([&] { return code("GET", kube::resources::kSecret.path(home)) == 401; }));
}

}  // namespace
}  // namespace causeway::op::federation
