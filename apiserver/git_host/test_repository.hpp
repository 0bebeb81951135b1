#pragma once
// A repository for tests: one of an EmbeddedGitHost in a temporary folder, and a work tree of the program git that
// pushes to it.

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "apiserver/git_host/embedded.hpp"
#include "base/files.hpp"
#include "base/process.hpp"

namespace causeway::api::git_host {

class RepositoryTest : public testing::Test {
 protected:
  RepositoryTest();

  // git in the work tree; its output. A failure fails the test.
  std::string git(std::vector<std::string> arguments, const std::string& input = {});
  // git on the bare repository.
  std::string bare(std::vector<std::string> arguments, const std::string& input = {});
  // The same, whether it succeeds or not.
  base::RunOutput try_bare(std::vector<std::string> arguments, const std::string& input = {});

  void write(const std::string& path, const std::string& bytes);
  // Everything in the work tree, a minute later than the last one; not pushed.
  std::string commit(const std::string& message);
  void push(const std::string& refspec = "HEAD");
  std::string commit_and_push(const std::string& message);
  // A commit of exactly this tree, on `branch` of the bare repository, without a work tree. Lines of git-mktree(1),
  // each ending in a NUL.
  std::string commit_tree(const std::string& lines, const std::string& branch);
  std::string blob(const std::string& bytes);  // its id, in the bare repository
  std::filesystem::path directory(const RepositoryName& repository) const {
    return options.data / repository.owner / (repository.name + ".git");
  }

  base::TemporaryDirectory folder{"causeway-git-host"};
  EmbeddedOptions options{.data = folder.path() / "data"};
  EmbeddedGitHost host{options};
  const RepositoryName name{"ada", "digits"};
  const std::filesystem::path work = folder.path() / "work";
  const Signature ada{"Ada Lovelace", "ada@example.org", base::WallTime(std::chrono::seconds(1'790'000'000)), 120};

 private:
  base::RunOutput run(std::vector<std::string> argv, const std::filesystem::path& cwd, const std::string& input);
  int minutes_ = 0;
};

// Lines without their ends, or whatever `end` is.
std::vector<std::string> lines_of(const std::string& text, char end = '\n');

}  // namespace causeway::api::git_host
