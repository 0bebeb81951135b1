#include "apiserver/render/slug.hpp"

#include <gtest/gtest.h>

namespace causeway::api::render {
namespace {

TEST(Slug, IsAsGitHubMakesIt) {
  EXPECT_EQ(slug("Getting started!"), "getting-started");
  EXPECT_EQ(slug("What's new in v1.2.0?"), "whats-new-in-v120");
  EXPECT_EQ(slug("C++ & Python — API_Reference"), "c--python--api_reference");
  EXPECT_EQ(slug("🚀 Quick start"), "-quick-start");
  EXPECT_EQ(slug("快速开始（中文）"), "快速开始中文");
  EXPECT_EQ(slug("Über ÄÖÜ Привет ΑΒΓ Žluťoučký"), "über-äöü-привет-αβγ-žluťoučký");
  EXPECT_EQ(slug("x × y → z"), "x--y--z");
  EXPECT_EQ(slug(""), "");
}

TEST(Slugger, GivesEachHeadingItsOwn) {
  Slugger slugger;
  EXPECT_EQ(slugger.unique("Setup"), "setup");
  EXPECT_EQ(slugger.unique("setup"), "setup-1");
  EXPECT_EQ(slugger.unique("Setup 1"), "setup-1-1");
  EXPECT_EQ(slugger.unique("setup!"), "setup-2");
}

}  // namespace
}  // namespace causeway::api::render
