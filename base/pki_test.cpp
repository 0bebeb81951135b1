#include "base/pki.hpp"

#include <gtest/gtest.h>

#include "base/files.hpp"
#include "base/process.hpp"

namespace causeway::base {
namespace {

using namespace std::chrono_literals;

// What the openssl program says, so that not only we can read what we write.
Result<RunOutput> openssl(std::vector<std::string> arguments, std::string input = "") {
  ProcessSpec spec;
  spec.argv = {"openssl"};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  RunOptions options;
  options.input = std::move(input);
  return run_checked(spec, options);
}

LeafSpec server_leaf() {
  LeafSpec leaf;
  leaf.common_name = "system:node:one";
  leaf.organizations = {"system:nodes", "other"};
  leaf.dns_names = {"kubernetes.default.svc", "localhost"};
  leaf.ip_addresses = {"10.0.0.1", "::1"};
  leaf.server = leaf.client = true;
  return leaf;
}

TEST(Pki, ALeafVerifiesAgainstItsAuthorityAndNoOther) {
  const TemporaryDirectory folder;
  const auto authority = make_authority("causeway");
  const auto other = make_authority("causeway");
  const auto leaf = issue_certificate(*authority, server_leaf());
  ASSERT_TRUE(leaf.ok()) << leaf.error().message;
  ASSERT_TRUE(write_file_atomic(folder.path() / "ca", authority->cert_pem).ok());
  ASSERT_TRUE(write_file_atomic(folder.path() / "other", other->cert_pem).ok());
  for (const char* purpose : {"sslserver", "sslclient"}) {
    const auto verified =
        openssl({"verify", "-x509_strict", "-purpose", purpose, "-CAfile", folder.path() / "ca"}, leaf->cert_pem);
    EXPECT_TRUE(verified.ok()) << verified.error().message;
  }
  EXPECT_TRUE(openssl({"verify", "-verify_ip", "10.0.0.1", "-CAfile", folder.path() / "ca"}, leaf->cert_pem).ok());
  EXPECT_TRUE(
      openssl({"verify", "-verify_hostname", "localhost", "-CAfile", folder.path() / "ca"}, leaf->cert_pem).ok());
  EXPECT_FALSE(
      openssl({"verify", "-verify_hostname", "elsewhere", "-CAfile", folder.path() / "ca"}, leaf->cert_pem).ok());
  EXPECT_FALSE(openssl({"verify", "-CAfile", folder.path() / "other"}, leaf->cert_pem).ok());
}

TEST(Pki, WhatALeafSays) {
  const auto authority = make_authority("causeway");
  LeafSpec spec = server_leaf();
  spec.server = false;
  const auto leaf = issue_certificate(*authority, spec);
  const std::string text = openssl({"x509", "-noout", "-text", "-nameopt", "oneline"}, leaf->cert_pem)->out;
  EXPECT_NE(text.find("O = system:nodes, O = other, CN = system:node:one"), std::string::npos) << text;
  EXPECT_NE(text.find("DNS:kubernetes.default.svc, DNS:localhost, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1"),
            std::string::npos);
  EXPECT_NE(text.find("TLS Web Client Authentication"), std::string::npos);
  EXPECT_EQ(text.find("TLS Web Server Authentication"), std::string::npos);
  EXPECT_NE(text.find("CA:FALSE"), std::string::npos);
  EXPECT_NE(text.find("prime256v1"), std::string::npos);
  EXPECT_NE(text.find("X509v3 Authority Key Identifier"), std::string::npos);
  EXPECT_NE(text.find("X509v3 Subject Key Identifier"), std::string::npos);
}

TEST(Pki, KeysBelongToTheirCertificates) {
  const auto authority = make_authority("causeway");
  EXPECT_TRUE(authority->key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
  const std::string from_key = *public_key_of(authority->key_pem);
  EXPECT_EQ(openssl({"x509", "-noout", "-pubkey"}, authority->cert_pem)->out, from_key);
  const auto other = make_authority("causeway");
  const auto mixed = issue_certificate({authority->cert_pem, other->key_pem}, server_leaf());
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().code, ErrorCode::kInvalidArgument);
}

TEST(Pki, SerialsDiffer) {
  const auto authority = make_authority("causeway");
  const auto serial = [&] {
    return openssl({"x509", "-noout", "-serial"}, issue_certificate(*authority, server_leaf())->cert_pem)->out;
  };
  EXPECT_NE(serial(), serial());
}

TEST(Pki, Validity) {
  const auto now = system_clock().wall();
  const auto authority = make_authority("causeway", 48h);
  const auto end = certificate_expiry(authority->cert_pem);
  ASSERT_TRUE(end.ok());
  EXPECT_GE(*end, now + 48h - 2s);
  EXPECT_LE(*end, now + 48h + 60s);
  LeafSpec leaf = server_leaf();
  leaf.validity = 24h;
  EXPECT_LE(*certificate_expiry(issue_certificate(*authority, leaf)->cert_pem), now + 24h + 60s);
  leaf.validity = 24h * 1000;
  EXPECT_EQ(*certificate_expiry(issue_certificate(*authority, leaf)->cert_pem), *end)
      << "not longer than its authority";
  EXPECT_TRUE(openssl({"x509", "-noout", "-checkend", "0"}, authority->cert_pem).ok());
  const auto expired = make_authority("causeway", -30min);
  ASSERT_TRUE(expired.ok());
  const auto refused = issue_certificate(*expired, leaf);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("expired"), std::string::npos);
}

TEST(Pki, ExpiryPastTheEndOfOurTime) {
  const TemporaryDirectory folder;
  const auto made = openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                             "/CN=x", "-days", "2900000", "-keyout", folder.path() / "key"});
  ASSERT_TRUE(made.ok()) << made.error().message;
  const auto end = certificate_expiry(made->out);
  ASSERT_TRUE(end.ok());
  EXPECT_GT(*end, system_clock().wall() + 24h * 365 * 100);
}

TEST(Pki, SigningKeys) {
  const auto key = make_private_key();
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(key->starts_with("-----BEGIN PRIVATE KEY-----"));
  const auto shown = openssl({"pkey", "-noout", "-text"}, *key);
  EXPECT_NE(shown->out.find("prime256v1"), std::string::npos);
  const auto half = public_key_of(*key);
  ASSERT_TRUE(half.ok());
  EXPECT_TRUE(half->starts_with("-----BEGIN PUBLIC KEY-----"));
  EXPECT_EQ(openssl({"pkey", "-pubout"}, *key)->out, *half);
}

TEST(Pki, BadInputIsAnError) {
  const auto authority = make_authority("causeway");
  LeafSpec leaf = server_leaf();
  leaf.ip_addresses = {"10.0.0.256"};
  EXPECT_NE(issue_certificate(*authority, leaf).error().message.find("10.0.0.256"), std::string::npos);
  leaf = server_leaf();
  leaf.dns_names = {"a b"};
  EXPECT_FALSE(issue_certificate(*authority, leaf).ok());
  leaf = server_leaf();
  leaf.common_name = std::string(65, 'x');
  EXPECT_EQ(issue_certificate(*authority, leaf).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(make_authority("").ok());
  EXPECT_FALSE(public_key_of("nothing").ok());
  EXPECT_FALSE(certificate_expiry("nothing").ok());
  EXPECT_FALSE(issue_certificate({"nothing", "nothing"}, leaf).ok());
}

TEST(Pki, ANameCannotAddAnother) {
  const auto authority = make_authority("causeway");
  LeafSpec leaf = server_leaf();
  leaf.dns_names = {"a,DNS:evil"};
  const auto issued = issue_certificate(*authority, leaf);
  ASSERT_TRUE(issued.ok());
  const TemporaryDirectory folder;
  ASSERT_TRUE(write_file_atomic(folder.path() / "ca", authority->cert_pem).ok());
  EXPECT_FALSE(openssl({"verify", "-verify_hostname", "evil", "-CAfile", folder.path() / "ca"}, issued->cert_pem).ok());
}

}  // namespace
}  // namespace causeway::base
