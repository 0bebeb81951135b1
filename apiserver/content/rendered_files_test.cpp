#include "apiserver/content/rendered_files.hpp"

#include <gtest/gtest.h>

namespace causeway::api::content {
namespace {

TEST(RenderedFiles, AreRenderedOnceWhileThereIsRoom) {
  RenderedFiles files(10'000);
  int rendered = 0;
  const auto get = [&](const std::string& key) {
    return *files.get(key, [&] {
      ++rendered;
      return key + std::string(2000, 'x');
    });
  };
  EXPECT_EQ(get("a").front(), 'a');
  EXPECT_EQ(get("b").front(), 'b');
  EXPECT_EQ(get("a").front(), 'a');
  EXPECT_EQ(rendered, 2);
  get("c");
  get("d");
  get("a");
  EXPECT_EQ(rendered, 4);
  get("e");  // "b" was asked for the longest ago
  get("a");
  EXPECT_EQ(rendered, 5);
  get("b");
  EXPECT_EQ(rendered, 6);
}

TEST(RenderedFiles, WhatIsTooLargeIsNotKept) {
  RenderedFiles files(1000);
  int rendered = 0;
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(files.get("a", [&] { return ++rendered, std::string(2000, 'x'); })->size(), 2000u);
  EXPECT_EQ(rendered, 2);
}

}  // namespace
}  // namespace causeway::api::content
