#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <random>
#include <set>

namespace causeway::base {
namespace {

std::string random_text(std::mt19937& random, std::size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST(Base64, VectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(plain), encoded);
    EXPECT_EQ(*base64_decode(encoded), plain);
  }
  EXPECT_EQ(base64url_encode("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(base64_encode("\xfb\xff\xfe"), "+//+");
  EXPECT_EQ(base64url_encode("f"), "Zg");
}

TEST(Base64, RefusesWhatIsNot) {
  for (const char* text : {"Zg", "Zg=", "Zm8", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v=", "====", "=", "Z===", "Zm-v",
                           "Zh==", "Zm9=", "Zg==Zg=="}) {
    EXPECT_FALSE(base64_decode(text).ok()) << text;
  }
  for (const char* text : {"Z", "Zg==", "Zm+v", "Zh", "Zm9v Zm9v"}) EXPECT_FALSE(base64url_decode(text).ok()) << text;
}

TEST(Base64, DecodingIsTheInverse) {
  std::mt19937 random(3);
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string text = random_text(random, size);
    ASSERT_EQ(*base64_decode(base64_encode(text)), text);
    ASSERT_EQ(*base64url_decode(base64url_encode(text)), text);
  }
}

TEST(Hex, IsLowerCase) {
  EXPECT_EQ(hex_encode(std::string_view("\x00\xab\x1f", 3)), "00ab1f");
}

TEST(Sha256, VectorsOfFips180) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc").size(), 32u);
}

TEST(Encoding, HmacIsThatOfRfc4231) {
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Random, HasTheAskedSizeAndDoesNotRepeat) {
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(1000).size(), 1000u);
  EXPECT_NE(random_bytes(16), random_bytes(16));
  EXPECT_EQ(random_hex(7).size(), 7u);
  EXPECT_EQ(random_hex(8).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Uuid4, HasVersionAndVariantAndIsUnique) {
  const std::string form = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = uuid4();
    ASSERT_EQ(id.size(), form.size());
    for (std::size_t at = 0; at < form.size(); ++at) {
      const std::string_view allowed = form[at] == 'x'   ? "0123456789abcdef"
                                       : form[at] == 'v' ? "89ab"
                                       : form[at] == '4' ? "4"
                                                         : "-";
      EXPECT_NE(allowed.find(id[at]), std::string_view::npos) << id;
    }
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Utf8Prefix, EndsWhereACharacterEnds) {
  EXPECT_EQ(utf8_prefix("plain", 5), "plain");
  EXPECT_EQ(utf8_prefix("plain", 3), "pla");
  EXPECT_EQ(utf8_prefix("a\u20ac", 4), "a\u20ac");
  for (const std::size_t bytes : {1, 2, 3}) EXPECT_EQ(utf8_prefix("a\u20ac", bytes), "a") << bytes;
  EXPECT_EQ(utf8_prefix("\u20ac", 2), "");
  EXPECT_EQ(utf8_prefix("", 0), "");
}

TEST(ConstantTimeEqual, ComparesTextOfAnyLength) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("token", "token"));
  EXPECT_FALSE(constant_time_equal("token", "toker"));
  EXPECT_FALSE(constant_time_equal("token", "token2"));
}

}  // namespace
}  // namespace causeway::base
