#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/pki.hpp"
#include "kube/client/config.hpp"

namespace causeway::kube {
namespace {

const std::string kPem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

std::string kubeconfig(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: here\n"
         "contexts:\n- name: here\n  context: {cluster: c, user: u, namespace: team}\n"
         "- name: lost\n  context: {cluster: nowhere, user: u}\n"
         "- name: nobody\n  context: {cluster: c, user: ghost}\n"
         "- name: open\n  context: {cluster: c}\n"
         "clusters:\n- name: c\n  cluster: " +
         cluster + "\nusers:\n- name: u\n  user: " + user + "\n";
}

std::string error_of(const std::string& cluster, const std::string& user, const std::string& context = {}) {
  const auto parsed = parse_kubeconfig(kubeconfig(cluster, user), context);
  return parsed ? "no error" : parsed.error().message;
}

const std::string kServer = R"({server: "https://10.0.0.1:6443"})";

TEST(Kubeconfig, ReadsInlineCertificatesAndTheContextsNamespace) {
  const auto pem = base::base64_encode(kPem);
  const auto parsed = parse_kubeconfig(
      kubeconfig("{server: \"https://10.0.0.1:6443/prefix/\", certificate-authority-data: " + pem +
                     ", tls-server-name: api, proxy-url: \"http://proxy:3128\"}",
                 "{client-certificate-data: " + pem + ", client-key-data: " + pem + ", as: ada, as-groups: [g1, g2]}"));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->server, "https://10.0.0.1:6443/prefix");
  EXPECT_EQ(parsed->tls.ca_pem, kPem);
  EXPECT_EQ(parsed->tls.cert_pem, kPem);
  EXPECT_EQ(parsed->tls.key_pem, kPem);
  EXPECT_EQ(parsed->tls.server_name, "api");
  EXPECT_FALSE(parsed->tls.insecure_skip_verify);
  EXPECT_EQ(parsed->proxy_url, "http://proxy:3128");
  EXPECT_EQ(parsed->default_namespace, "team");
  EXPECT_EQ(parsed->impersonate_user, "ada");
  EXPECT_EQ(parsed->impersonate_groups, (std::vector<std::string>{"g1", "g2"}));
  EXPECT_EQ(parsed->token, nullptr);
  EXPECT_EQ(parsed->tls_source, nullptr) << "nothing here can change";
}

TEST(Kubeconfig, ResolvesFilesBesideItself) {
  base::TemporaryDirectory dir;
  ASSERT_TRUE(base::write_file_atomic(dir.path() / "ca.crt", kPem).ok());
  ASSERT_TRUE(base::write_file_atomic(dir.path() / "token", "secret\n").ok());
  ASSERT_TRUE(base::write_file_atomic(dir.path() / "config",
                                      kubeconfig("{server: \"https://h\", certificate-authority: ca.crt}",
                                                 "{tokenFile: token, token: ignored}"))
                  .ok());
  const auto parsed = load_kubeconfig(dir.path() / "config");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->tls.ca_pem, kPem);
  EXPECT_NE(parsed->tls_source, nullptr) << "files may be replaced";
  EXPECT_EQ(*parsed->token->token(), "secret");
}

TEST(Kubeconfig, TakesAnotherContextAndOneWithoutAUser) {
  const auto parsed = parse_kubeconfig(kubeconfig(kServer, "{token: t}"), "open");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->token, nullptr);
  EXPECT_EQ(parsed->default_namespace, "default");
  EXPECT_EQ(*parse_kubeconfig(kubeconfig(kServer, "{token: t}"), "here")->token->token(), "t");
}

TEST(Kubeconfig, ErrorsNameTheEntryAndWhatItLacks) {
  EXPECT_EQ(error_of(kServer, "{}", "other"), "kubeconfig: there is no context \"other\"");
  EXPECT_EQ(error_of(kServer, "{}", "lost"), "context \"lost\": kubeconfig: there is no cluster \"nowhere\"");
  EXPECT_EQ(error_of(kServer, "{}", "nobody"), "context \"nobody\": kubeconfig: there is no user \"ghost\"");
  EXPECT_EQ(error_of("{}", "{}"), "kubeconfig: cluster \"c\": server is missing");
  EXPECT_EQ(error_of("{server: \"ftp://x\"}", "{}"),
            "kubeconfig: cluster \"c\": server \"ftp://x\" is not an http or https URL");
  EXPECT_EQ(error_of("{server: \"https://x\", certificate-authority-data: \"%%%\"}", "{}"),
            "kubeconfig: cluster \"c\": certificate-authority-data is not base64");
  EXPECT_EQ(error_of("{server: \"https://x\", certificate-authority-data: AAAA}", "{}"),
            "kubeconfig: cluster \"c\": certificate-authority-data holds no PEM block");
  EXPECT_NE(error_of("{server: \"https://x\", certificate-authority: /no/such/file}", "{}").find("/no/such/file"),
            std::string::npos);
  EXPECT_NE(error_of(kServer, "{client-certificate-data: " + base::base64_encode(kPem) + "}").find("belong together"),
            std::string::npos);
  EXPECT_NE(error_of(kServer, "{auth-provider: {name: gcp}}").find("exec plugin"), std::string::npos);
  EXPECT_NE(error_of(kServer, "{exec: {apiVersion: client.authentication.k8s.io/v1}}").find("command is missing"),
            std::string::npos);
  EXPECT_NE(error_of(kServer, "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}")
                .find("v1 or v1beta1"),
            std::string::npos);
  EXPECT_NE(error_of(kServer,
                     "{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, "
                     "interactiveMode: Always}}")
                .find("terminal"),
            std::string::npos);
  EXPECT_NE(error_of(kServer, "{as-groups: [admins]}").find("\"as\", which is missing"), std::string::npos);
  EXPECT_NE(error_of("{server: \"https://x\", proxy-url: \"socks5://p\"}", "{}").find("proxy-url"), std::string::npos);
}

TEST(Kubeconfig, ReadsWhomToActAs) {
  const auto parsed =
      parse_kubeconfig(kubeconfig(kServer, "{as: ada, as-uid: u-1, as-user-extra: {scopes: [view, edit]}}"));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->impersonate_uid, "u-1");
  EXPECT_EQ(parsed->impersonate_extra.at("scopes"), (std::vector<std::string>{"view", "edit"}));
}

// Of kubectl's rules for several files: the first of a name counts, and paths are each file's own.
TEST(Kubeconfig, ReadsSeveralFilesAsOne) {
  const base::TemporaryDirectory dir;
  std::filesystem::create_directory(dir.path() / "work");
  const auto write = [&](const char* name, const std::string& text) {
    ASSERT_TRUE(base::write_file_atomic(dir.path() / name, text).ok());
  };
  write("contexts", "contexts:\n- {name: here, context: {cluster: c, user: u}}\n");
  write("empty", "");
  write("work/config",
        "current-context: here\nclusters:\n- {name: c, cluster: {server: \"https://work\", certificate-authority: "
        "ca.crt}}\n");
  write("work/ca.crt", kPem);
  write("home",
        "current-context: lost\nclusters:\n- {name: c, cluster: {server: \"https://home\"}}\nusers:\n"
        "- {name: u, user: {tokenFile: token}}\n");
  write("token", "secret");
  const auto at = [&](const char* name) { return dir.path() / name; };
  const auto config = load_kubeconfig({at("missing"), at("contexts"), at("empty"), at("work/config"), at("home")}, {});
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->server, "https://work");
  EXPECT_EQ(config->tls.ca_pem, kPem);
  EXPECT_EQ(*config->token->token(), "secret");

  EXPECT_EQ(load_kubeconfig({at("missing"), at("missing too")}).error().code, base::ErrorCode::kNotFound);
  write("broken", "clusters:\n- name: [\n");
  const auto broken = load_kubeconfig({at("contexts"), at("broken")});
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().message.find(at("broken").string() + ": kubeconfig: line "), 0u) << broken.error().message;
}

TEST(Kubeconfig, BrokenTextIsAnErrorWithItsLine) {
  const auto broken = parse_kubeconfig("clusters:\n- name: [\n");
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.error().message.find("line "), std::string::npos) << broken.error().message;
  EXPECT_FALSE(parse_kubeconfig("just text").ok());
  EXPECT_FALSE(parse_kubeconfig("").ok());
  EXPECT_FALSE(parse_kubeconfig("current-context: x\ncontexts: nope\n").ok());
  EXPECT_FALSE(parse_kubeconfig("current-context: x\ncontexts: [1, [], {name: x, context: 3}]\n").ok());
  EXPECT_FALSE(load_kubeconfig("/no/such/kubeconfig").ok());
}

TEST(Kubeconfig, ReadsBackWhatItWrites) {
  const auto text = write_kubeconfig("hub", "https://hub:6443", kPem,
                                     {.ca_pem = {}, .cert_pem = kPem, .key_pem = kPem, .server_name = {}}, "");
  const auto parsed = parse_kubeconfig(text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message << "\n" << text;
  EXPECT_EQ(parsed->server, "https://hub:6443");
  EXPECT_EQ(parsed->tls.ca_pem, kPem);
  EXPECT_EQ(parsed->tls.key_pem, kPem);
  const auto with_token = parse_kubeconfig(write_kubeconfig("hub", "https://hub", kPem, {}, "to:ken #x"));
  ASSERT_TRUE(with_token.ok()) << with_token.error().message;
  EXPECT_EQ(*with_token->token->token(), "to:ken #x");
  const auto nobody = parse_kubeconfig(write_kubeconfig("hub", "https://hub", kPem, {}, ""));
  EXPECT_TRUE(nobody.ok()) << nobody.error().message;
}

}  // namespace
}  // namespace causeway::kube
