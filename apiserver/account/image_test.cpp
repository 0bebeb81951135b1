#include "apiserver/account/image.hpp"

#include <gtest/gtest.h>

namespace causeway::api::account {
namespace {

using std::string_view_literals::operator""sv;

TEST(ImageTest, IsWhatItsFirstBytesSay) {
  EXPECT_EQ(image_type("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv), "image/png");
  EXPECT_EQ(image_type("\xff\xd8\xff\xe0\0\x10JFIF"sv), "image/jpeg");
  EXPECT_EQ(image_type("RIFF\x24\0\0\0WEBPVP8L"sv), "image/webp");
}

TEST(ImageTest, IsNothingElse) {
  for (const auto text : {""sv, "<svg xmlns='http://www.w3.org/2000/svg'>"sv, "GIF89a"sv, "\x89PNG"sv,
                          "RIFF\x24\0\0\0WAVE"sv, "<!doctype html>"sv, "%PDF-1.7"sv})
    EXPECT_EQ(image_type(text), std::nullopt) << text;
}

}  // namespace
}  // namespace causeway::api::account
