#include "apiserver/render/url.hpp"

#include <gtest/gtest.h>

namespace causeway::api::render {
namespace {

const Base kBase{"/ada/digits/blob/main/", "/ada/digits/raw/main/", "docs/guide"};

std::optional<std::string> link(std::string_view url) {
  return safe_url(url, UrlUse::kLink, &kBase);
}

TEST(SafeUrl, KeepsWhatPeopleLinkTo) {
  for (const auto* url : {"https://example.com", "http://example.com/a?b=c#d", "mailto:ada@example.org",
                          "//example.com/x", "https://例子.中国/路径", "https://example.com/%7Ea"})
    EXPECT_EQ(link(url), url);
  EXPECT_EQ(link("  HTTPS://example.com/a b\t"), "https://example.com/a%20b");
  EXPECT_EQ(link("https:\\\\example.com"), "https://example.com");
}

TEST(SafeUrl, KnowsNoOtherSchemes) {
  for (const auto* url :
       {"javascript:alert(1)", " \x01javascript:x", "java\nscript:x", "JAVASCRIPT:x", "vbscript:x", "data:text/html,x",
        "file:///etc/passwd", "blob:x", "ftp://example.com", "https:/sign_out", "https:sign_out", "https://",
        "https:///x", "http:\\\\\\x", "x-custom+1.0:y", "data:image/png;base64,AAAA"})
    EXPECT_EQ(link(url), std::nullopt) << url;
  EXPECT_EQ(safe_url("mailto:x", UrlUse::kImage), std::nullopt);
}

TEST(SafeUrl, SmallPicturesMayBeInTheDocument) {
  EXPECT_EQ(safe_url("data:image/png;base64,iVBO/+==", UrlUse::kImage), "data:image/png;base64,iVBO/+==");
  for (const auto* url : {"data:image/svg+xml;base64,AAAA", "data:image/png,AAAA", "data:image/png;base64,A\"x",
                          "data:,", "data:image/png;charset=utf-8;base64,AAAA"})
    EXPECT_EQ(safe_url(url, UrlUse::kImage), std::nullopt) << url;
  EXPECT_EQ(safe_url("data:image/png;base64,AAAA", UrlUse::kMedia), std::nullopt);
  EXPECT_EQ(safe_url("data:image/png;base64," + std::string(kMaxDataUrl, 'A'), UrlUse::kImage), std::nullopt);
}

TEST(SafeUrl, RelativeOnesLeadIntoTheRepository) {
  EXPECT_EQ(link("setup.txt"), "/ada/digits/blob/main/docs/guide/setup.txt");
  EXPECT_EQ(safe_url("a.png?raw=1", UrlUse::kImage, &kBase), "/ada/digits/raw/main/docs/guide/a.png?raw=1");
  EXPECT_EQ(link("/LICENSE"), "/ada/digits/blob/main/LICENSE");
  EXPECT_EQ(link("../b//./c/"), "/ada/digits/blob/main/docs/b/c/");
  EXPECT_EQ(link("./"), "/ada/digits/blob/main/docs/guide/");
  EXPECT_EQ(link("a b\"<.py#L3"), "/ada/digits/blob/main/docs/guide/a%20b%22%3C.py#L3");
}

TEST(SafeUrl, NoneLeadsOutOfIt) {
  EXPECT_EQ(link("../../../../etc/passwd"), "/ada/digits/blob/main/etc/passwd");
  EXPECT_EQ(link("%2e%2e/%2E./.%2e/x"), "/ada/digits/blob/main/x");
  EXPECT_EQ(link("..\\..\\..\\x"), "/ada/digits/blob/main/x");
  EXPECT_EQ(link("/../x"), "/ada/digits/blob/main/x");
  EXPECT_EQ(link(".."), "/ada/digits/blob/main/docs");
}

TEST(SafeUrl, FragmentsFindTheirHeadings) {
  EXPECT_EQ(link("#setup"), "#user-content-setup");
  EXPECT_EQ(link("#user-content-setup"), "#user-content-setup");
  EXPECT_EQ(link("#"), "#");
  EXPECT_EQ(link("other.md#setup"), "/ada/digits/blob/main/docs/guide/other.md#user-content-setup");
}

TEST(SafeUrl, WithoutABaseSafeOnesStayAsTheyAre) {
  for (const auto* url : {"a/../b", "/x", "?q", "", "#user-content-x", "a%2e%2e", "x.md#user-content-y"})
    EXPECT_EQ(safe_url(url, UrlUse::kLink), url);
}

TEST(SafeSrcset, EveryCandidateCounts) {
  EXPECT_EQ(safe_srcset("a.png, b.png 2x,c.png 300w", &kBase),
            "/ada/digits/raw/main/docs/guide/a.png, /ada/digits/raw/main/docs/guide/b.png 2x, "
            "/ada/digits/raw/main/docs/guide/c.png 300w");
  EXPECT_EQ(safe_srcset("https://e.com/a,b.png 1.5x"), "https://e.com/a,b.png 1.5x");
  for (const auto* set : {"", " , ", "a 1x, javascript:x 2x", "a url(x)", "a 1x 2x y"})
    EXPECT_EQ(safe_srcset(set), std::nullopt) << set;
}

}  // namespace
}  // namespace causeway::api::render
