#include "webhooks/certificates/secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace causeway::webhooks::certificates {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

kube::Object empty() {
  auto secret = kube::make_object(kube::resources::kSecret, "s", "a");
  kube::set_at(secret, "metadata.resourceVersion", "7");
  return secret;
}

TEST(AuthoritySecret, RoundTrip) {
  const Authorities written{.current = *base::make_authority("new"),
                            .previous = {base::make_authority("a")->cert_pem, base::make_authority("b")->cert_pem},
                            .made_at = std::chrono::floor<std::chrono::seconds>(base::system_clock().wall())};
  const auto secret = write_secret(empty(), written);
  EXPECT_EQ(kube::resource_version_of(secret), "7");
  const auto read = read_secret(secret);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, written);
}

TEST(AuthoritySecret, EmptyIsNotWrong) {
  EXPECT_EQ(read_secret(empty()).error().code, base::ErrorCode::kNotFound);
}

TEST(AuthoritySecret, WhatCannotSignIsSaid) {
  const Authorities good{.current = *base::make_authority("a"), .previous = {}, .made_at = base::system_clock().wall()};
  const auto why = [&](Authorities authorities) {
    return read_secret(write_secret(empty(), authorities)).error().message;
  };
  auto other_key = good;
  other_key.current.key_pem = base::make_authority("b")->key_pem;
  EXPECT_THAT(why(other_key), HasSubstr("does not belong"));
  auto nonsense = good;
  nonsense.current.cert_pem = "nonsense";
  EXPECT_THAT(why(nonsense), HasSubstr("not a certificate"));
  auto expired = good;
  expired.current = *base::make_authority("a", -1min);
  EXPECT_THAT(why(expired), HasSubstr("expired"));
  auto secret = write_secret(empty(), good);
  secret["data"].as_object().erase("ca.key");
  EXPECT_THAT(read_secret(secret).error().message, HasSubstr("only one of"));
  secret = write_secret(empty(), good);
  secret["data"].as_object()["made-at"] = base::base64_encode("yesterday");
  EXPECT_THAT(read_secret(secret).error().message, HasSubstr("made-at"));
}

}  // namespace
}  // namespace causeway::webhooks::certificates
