#include "apiserver/render/language.hpp"

#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace causeway::api::render {
namespace {

std::string named(std::string_view name) {
  const auto* language = language_named(name);
  return language == nullptr ? "" : std::string(language->name);
}

std::string of_file(std::string_view path, std::string_view content = "") {
  const auto* language = language_of_file(path, content);
  return language == nullptr ? "" : std::string(language->name);
}

TEST(Language, IsFoundByName) {
  EXPECT_EQ(named("Python"), "python");
  EXPECT_EQ(named("py"), "python");
  EXPECT_EQ(named("C++"), "cpp");
  EXPECT_EQ(named("c#"), "csharp");
  EXPECT_EQ(named("yml"), "yaml");
  for (const auto* none : {"", "nosuch", "p", "py python3", " "}) EXPECT_EQ(named(none), "") << none;
}

TEST(Language, IsFoundByTheFile) {
  EXPECT_EQ(of_file("src/app.py"), "python");
  EXPECT_EQ(of_file("Dockerfile"), "dockerfile");
  EXPECT_EQ(of_file("docker/Dockerfile.gpu"), "dockerfile");
  EXPECT_EQ(of_file("a/CMakeLists.txt"), "cmake");
  EXPECT_EQ(of_file("kernel.CU"), "cuda");
  EXPECT_EQ(of_file("x.tar.gz"), "");
  EXPECT_EQ(of_file("README"), "");
  EXPECT_EQ(of_file(""), "");
  EXPECT_EQ(of_file("py"), "");
  EXPECT_EQ(of_file(".py"), "python");
}

TEST(Language, IsFoundByTheFirstLine) {
  EXPECT_EQ(of_file("run", "#!/bin/sh\n"), "shell");
  EXPECT_EQ(of_file("run", "#!/usr/bin/env python3.11\nx"), "python");
  EXPECT_EQ(of_file("run", "#! /usr/bin/env -S A=b node --x\r\n"), "javascript");
  EXPECT_EQ(of_file("run", "#!"), "");
  EXPECT_EQ(of_file("run", "#!/usr/bin/env"), "");
  EXPECT_EQ(of_file("run.md", "#!/bin/sh\n"), "markdown");
}

TEST(Languages, AreToldApart) {
  std::set<std::string> names, files;
  const auto words = [](std::string_view list) {
    std::vector<std::string> out;
    std::istringstream in{std::string(list)};
    for (std::string word; in >> word;) out.push_back(word);
    return out;
  };
  for (const auto& language : languages()) {
    EXPECT_TRUE(names.insert(std::string(language.name)).second) << language.name;
    for (const auto& name : words(language.names)) EXPECT_TRUE(names.insert(name).second) << name;
    for (const auto& file : words(language.files)) EXPECT_TRUE(files.insert(file).second) << file;
    for (const auto list :
         {language.names, language.files, language.programs, language.keywords, language.types, language.literals})
      EXPECT_EQ(list.find("  "), std::string_view::npos) << language.name;
  }
  EXPECT_GE(languages().size(), 25u);
}

}  // namespace
}  // namespace causeway::api::render
