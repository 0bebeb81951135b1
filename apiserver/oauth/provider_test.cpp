#include "apiserver/oauth/provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"

namespace causeway::api::oauth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct ProviderTest : ::testing::Test {
  ProviderTest() {
    write("secret", "s3cret\n");
    write("empty", "\n");
    write("ca.crt", "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n");
  }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(base::write_file_atomic(folder.path() / name, text));
  }
  base::Result<std::vector<Provider>> parse(const std::string& text) { return parse_providers(text, folder.path()); }
  std::string refusal(const std::string& text) {
    const auto parsed = parse(text);
    return parsed ? "" : parsed.error().message;
  }
  base::TemporaryDirectory folder;
};

TEST_F(ProviderTest, KnowsWhatItsKindHas) {
  const auto parsed = parse(R"(
providers:
  - {name: github, kind: github, clientId: Iv1.0123, clientSecretFile: secret}
  - {name: gitlab, kind: gitlab, clientId: "17"}
  - name: company
    kind: oidc
    displayName: Example Inc.
    issuer: https://id.example/realms/a
    clientId: causeway
    clientSecretFile: secret
    scopes: [openid, email, "https://id.example/groups"]
    caFile: ca.crt
    endpoints: {token: "https://other.example/token?a=b"}
)");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->size(), 3U);
  const auto &github = parsed->at(0), &gitlab = parsed->at(1), &company = parsed->at(2);
  EXPECT_EQ(github.kind, Kind::kGithub);
  EXPECT_EQ(github.display_name, "GitHub");
  EXPECT_EQ(github.issuer, "https://github.com");
  EXPECT_EQ(github.client_secret_file, folder.path() / "secret");
  EXPECT_THAT(github.scopes, ElementsAre("read:user", "user:email"));
  EXPECT_EQ(gitlab.kind, Kind::kGitlab);
  EXPECT_EQ(gitlab.issuer, "https://gitlab.com");
  EXPECT_EQ(gitlab.client_id, "17");
  EXPECT_EQ(gitlab.client_secret_file, "");
  EXPECT_THAT(gitlab.scopes, ElementsAre("openid", "profile", "email"));
  EXPECT_EQ(company.kind, Kind::kOidc);
  EXPECT_EQ(company.display_name, "Example Inc.");
  EXPECT_EQ(company.ca_file, folder.path() / "ca.crt");
  EXPECT_THAT(company.scopes, ElementsAre("openid", "email", "https://id.example/groups"));
  EXPECT_EQ(company.endpoints.at("token").url(), "https://other.example/token?a=b");
}

TEST_F(ProviderTest, JsonIsTakenAsWell) {
  EXPECT_EQ(parse(R"({"providers": [{"name": "a", "kind": "gitlab", "clientId": "b"}]})")->size(), 1U);
  EXPECT_EQ(parse("providers: []")->size(), 0U);
}

TEST_F(ProviderTest, WhatIsWrongIsNamedWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"issuer: http://id.example", "issuer: \"http://id.example\""},
      {"clientSecretFile: nowhere", "clientSecretFile: "},
      {"clientSecretFile: empty", "clientSecretFile: "},
      {"caFile: secret", "caFile: "},
      {"scopes: openid", "scopes: a list is wanted"},
      {"scopes: [email]", "scopes: \"openid\" has to be among them"},
      {"scopes: [openid, 'a b']", "scopes: each is a word"},
      {"scopes: [openid, '']", "scopes: each is a word"},
      {"scopes: [openid, [a]]", "scopes: each is a word"},
      {"clientSecret: s3cret", "clientSecret: is not known; known are caFile, clientId"},
      {"kind: oidc", "kind: is there twice"},
      {"displayName: [a]", "displayName: a text is wanted"},
      {"displayName: \"a\\nb\"", "displayName: holds a control character"},
      {"displayName: " + std::string(101, 'a'), "displayName: has more than 100 bytes"},
      {"endpoints: a", "endpoints: a mapping is wanted"},
      {"endpoints: {api: 'https://id.example'}", "endpoints.api: is not known; known are authorization, jwks"},
      {"endpoints: {token: 'http://id.example'}", "endpoints.token: \"http://id.example\""},
  };
  for (const auto& [more, why] : wrong) {
    const auto field = more.substr(0, more.find(':'));
    // A field that is given twice would be found first.
    const auto text =
        field == "issuer"
            ? "providers: [{name: company, kind: oidc, clientId: causeway, " + more + "}]"
            : "providers: [{name: company, kind: oidc, issuer: https://id.example, clientId: causeway, " + more + "}]";
    EXPECT_THAT(refusal(text), HasSubstr("provider \"company\": " + why)) << more;
  }
}

TEST_F(ProviderTest, WhatIsMissingIsNamed) {
  EXPECT_THAT(refusal("providers: [{kind: github}]"), HasSubstr("provider 1: name: "));
  EXPECT_THAT(refusal("providers: [{name: Git Hub, kind: github}]"), HasSubstr("not \"Git Hub\""));
  EXPECT_THAT(refusal("providers: [{name: " + std::string(41, 'a') + ", kind: github}]"), HasSubstr("name: "));
  EXPECT_THAT(refusal("providers: [{name: a}]"), HasSubstr("provider \"a\": kind: github, gitlab or oidc"));
  EXPECT_THAT(refusal("providers: [{name: a, kind: saml}]"), HasSubstr("not \"saml\""));
  EXPECT_THAT(refusal("providers: [{name: a, kind: oidc, clientId: b}]"), HasSubstr("issuer: is needed"));
  EXPECT_THAT(refusal("providers: [{name: a, kind: gitlab}]"), HasSubstr("clientId: is needed"));
  EXPECT_THAT(refusal("providers: [{name: a, kind: github, clientId: b}]"), HasSubstr("clientSecretFile: is needed"));
  EXPECT_THAT(refusal("providers: [{name: a, kind: gitlab, clientId: 'b c'}]"), HasSubstr("clientId: holds a blank"));
  EXPECT_THAT(refusal("providers: [{name: a, kind: gitlab, clientId: b, issuer: 'https://a/?b'}]"),
              HasSubstr("issuer: has a query"));
  EXPECT_THAT(refusal("providers: [{name: a, kind: github, clientId: b, clientSecretFile: secret, endpoints: {api: "
                      "'https://a/?b'}}]"),
              HasSubstr("endpoints.api: has a query"));
}

TEST_F(ProviderTest, NoTwoAreOne) {
  const std::string a = "{name: a, kind: oidc, clientId: x, issuer: 'https://a.example'}";
  EXPECT_THAT(refusal("providers: [" + a + ", {name: a, kind: gitlab, clientId: x}]"),
              HasSubstr("name: is there twice"));
  EXPECT_THAT(refusal("providers: [" + a + ", {name: b, kind: oidc, clientId: x, issuer: 'https://a.example'}]"),
              HasSubstr("provider \"b\": issuer: is that of \"a\" already"));
}

TEST_F(ProviderTest, WhatIsNoListIsRefused) {
  for (const auto& text : {std::string(), std::string("[]"), std::string("providers"), std::string("providers: a"),
                           std::string("providers:\n  github: {}"), std::string("provider: []"),
                           std::string("providers: [a]"), std::string("providers: [[]]"), std::string("{"),
                           std::string("providers: [\t"), "providers: []\n#" + std::string(1 << 20, 'a')})
    EXPECT_NE(refusal(text), "") << text.substr(0, 50);
  std::string many;
  for (int i = 0; i < 33; i++) many += "{name: a" + std::to_string(i) + "},";
  EXPECT_THAT(refusal("providers: [" + many + "]"), HasSubstr("more than 32"));
}

TEST_F(ProviderTest, IsReadFromAFile) {
  write("providers.yaml", "providers: [{name: a, kind: github, clientId: b, clientSecretFile: secret}]");
  EXPECT_EQ(read_providers(folder.path() / "providers.yaml")->front().client_secret_file, folder.path() / "secret");
  write("providers.yaml", "providers: [{name: a}]");
  const auto wrong = read_providers(folder.path() / "providers.yaml");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("providers.yaml"));
  EXPECT_FALSE(read_providers(folder.path() / "nowhere.yaml"));
  EXPECT_FALSE(read_providers(folder.path())) << "as it is in the folder";
  std::filesystem::remove(folder.path() / "providers.yaml");
  EXPECT_TRUE(read_providers(folder.path())->empty()) << "a folder need not have one";
}

}  // namespace
}  // namespace causeway::api::oauth
