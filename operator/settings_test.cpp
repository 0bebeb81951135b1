#include "operator/settings.hpp"

#include <gtest/gtest.h>

#include "base/files.hpp"

namespace causeway::op {
namespace {

TEST(Settings, ReadsEverySection) {
  auto s = Settings::parse(R"({
    "registry": {"host": "registry.example.org", "ca": "PEM"},
    "git": {"internal": "http://git", "public": "https://git.example.org", "caFile": "/etc/git-ca/ca.crt"},
    "demos": {"domain": "demos.example.net", "scheme": "https", "port": 8443},
    "hub": {"url": "https://hub:6443"},
    "tracing": {"endpoint": "http://collector:4318"},
    "imports": {"hosts": ["github.com", "*.example.org"]},
    "images": {"operator": "registry.example.org/causeway/operator:1", "runner-local": "r"}
  })");
  ASSERT_TRUE(s.ok()) << s.error().message;
  EXPECT_EQ(s->registry_host, "registry.example.org");
  EXPECT_EQ(s->git_ca_file, "/etc/git-ca/ca.crt");
  EXPECT_EQ(s->hub_url, "https://hub:6443");
  EXPECT_EQ(s->tracing_endpoint, "http://collector:4318");
  EXPECT_EQ(s->import_hosts.describe(), "github.com, *.example.org");
  EXPECT_EQ(s->image("runner-local"), "r");
  EXPECT_EQ(s->image("runner-aws"), "");
  EXPECT_EQ(s->demo_url(s->demo_host("digits", "ada")), "https://digits--ada.demos.example.net:8443");
}

TEST(Settings, LeavesTheSchemesOwnPortOut) {
  Settings s;
  s.demo_port = 80;
  EXPECT_EQ(s.demo_url("a--b.localhost"), "http://a--b.localhost");
}

TEST(Settings, TheGitServersAuthorityIsReadEachTime) {
  Settings s;
  EXPECT_EQ(s.git_authority().value_or("none"), "");
  const base::TemporaryDirectory folder;
  s.git_ca_file = folder.path() / "ca.crt";
  ASSERT_FALSE(s.git_authority().ok());
  EXPECT_EQ(s.git_authority().error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(s.git_authority().error().message.find("git.caFile"), std::string::npos);
  for (const std::string text : {"first", "renewed"}) {
    ASSERT_TRUE(base::write_file_atomic(s.git_ca_file, text).ok());
    EXPECT_EQ(s.git_authority().value_or(""), text);
  }
}

TEST(Settings, NamesAnUnknownKeyAndWhatIsKnown) {
  auto s = Settings::parse(R"({"demos": {"domian": "x"}})");
  ASSERT_FALSE(s.ok());
  EXPECT_NE(s.error().message.find("demos.domian"), std::string::npos);
  EXPECT_NE(s.error().message.find("domain, port, scheme"), std::string::npos);
}

TEST(Settings, RefusesWrongTypesAndValues) {
  EXPECT_FALSE(Settings::parse("[]").ok());
  EXPECT_FALSE(Settings::parse("{").ok());
  EXPECT_FALSE(Settings::parse(R"({"demos": {"port": "80"}})").ok());
  EXPECT_FALSE(Settings::parse(R"({"demos": {"scheme": "ftp"}})").ok());
  EXPECT_FALSE(Settings::parse(R"({"imports": {"hosts": "github.com"}})").ok());
  EXPECT_FALSE(Settings::parse(R"({"imports": {"hosts": ["https://github.com"]}})").ok());
  EXPECT_FALSE(Settings::parse(R"({"images": {"operator": 1}})").ok());
  EXPECT_FALSE(Settings::parse(R"({"tracing": {"endpoint": "collector:4318"}})").ok());
}

}  // namespace
}  // namespace causeway::op
