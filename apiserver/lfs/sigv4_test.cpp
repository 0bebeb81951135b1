// Known answers of AWS' documentation.
#include "apiserver/lfs/sigv4.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace causeway::api::lfs {
namespace {

const S3Credentials kExample{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};

// "Authenticating Requests: Using Query Parameters", presigned GET of an object.
TEST(Sigv4, SignsTheQueryAsInTheDocumentation) {
  const PresignedRequest request{.host = "examplebucket.s3.amazonaws.com", .path = "/test.txt", .expires_in = 86400};
  EXPECT_EQ(presigned_url(request, kExample, base::parse_time("2013-05-24T00:00:00Z").value()),
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

// "Examples of how to derive a signing key".
TEST(Sigv4, DerivesTheKeyAsInTheDocumentation) {
  EXPECT_EQ(base::hex_encode(signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

// "Authenticating Requests: Using the Authorization Header", GET of an object with a Range.
TEST(Sigv4, SignsHeaderFieldsAsInTheDocumentation) {
  const std::string empty = base::sha256_hex("");
  const auto canonical = canonical_request("GET", "/test.txt", "",
                                           {{"host", "examplebucket.s3.amazonaws.com"},
                                            {"range", "bytes=0-9"},
                                            {"x-amz-content-sha256", empty},
                                            {"x-amz-date", "20130524T000000Z"}},
                                           empty);
  EXPECT_EQ(base::sha256_hex(canonical), "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
  const auto to_sign = string_to_sign("20130524T000000Z", "20130524/us-east-1/s3/aws4_request", canonical);
  EXPECT_EQ(
      base::hex_encode(base::hmac_sha256(signing_key(kExample.secret_key, "20130524", "us-east-1", "s3"), to_sign)),
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(Sigv4, EncodesWhatAPathMayHoldAndSignsHeaders) {
  const PresignedRequest request{.method = "PUT",
                                 .scheme = "http",
                                 .host = "127.0.0.1:9000",
                                 .path = "/b/a b/ü",
                                 .headers = {{"x-amz-checksum-sha256", "abc="}}};
  const auto url = presigned_url(request, kExample, {});
  EXPECT_TRUE(url.starts_with("http://127.0.0.1:9000/b/a%20b/%C3%BC?")) << url;
  EXPECT_NE(url.find("X-Amz-SignedHeaders=host%3Bx-amz-checksum-sha256&"), std::string::npos) << url;
}

}  // namespace
}  // namespace causeway::api::lfs
