#include "apiserver/git_host/test_repository.hpp"

#include <fstream>

#include "apiserver/git/environment.hpp"

namespace causeway::api::git_host {

RepositoryTest::RepositoryTest() {
  const auto made = host.create(name, {});
  EXPECT_TRUE(made.ok()) << (made ? "" : made.error().message);
  std::filesystem::create_directories(work);
  git({"init", "--quiet", "--initial-branch=main", "."});
  git({"remote", "add", "origin", directory(name).string()});
}

base::RunOutput RepositoryTest::run(std::vector<std::string> argv, const std::filesystem::path& cwd,
                                    const std::string& input) {
  base::ProcessSpec spec;
  spec.argv = {"git", "-c", "core.quotePath=false"};
  spec.argv.insert(spec.argv.end(), argv.begin(), argv.end());
  spec.cwd = cwd.string();
  spec.env = git::clean_environment();
  auto& env = *spec.env;
  const auto date = std::to_string(1'780'000'000 + minutes_ * 60) + " +0200";
  env["GIT_AUTHOR_NAME"] = env["GIT_COMMITTER_NAME"] = "Grace Hopper";
  env["GIT_AUTHOR_EMAIL"] = env["GIT_COMMITTER_EMAIL"] = "grace@example.org";
  env["GIT_AUTHOR_DATE"] = env["GIT_COMMITTER_DATE"] = date;
  base::RunOptions run_options;
  run_options.input = input;
  auto ran = base::run(spec, run_options);
  EXPECT_TRUE(ran.ok()) << (ran ? "" : ran.error().message);
  return ran ? std::move(*ran) : base::RunOutput{};
}

std::string RepositoryTest::git(std::vector<std::string> arguments, const std::string& input) {
  const auto first = arguments.front();
  const auto ran = run(std::move(arguments), work, input);
  EXPECT_TRUE(ran.status.success()) << "git " << first << ": " << ran.err;
  return ran.out;
}

base::RunOutput RepositoryTest::try_bare(std::vector<std::string> arguments, const std::string& input) {
  arguments.insert(arguments.begin(), {"--git-dir", directory(name).string()});
  return run(std::move(arguments), folder.path(), input);
}

std::string RepositoryTest::bare(std::vector<std::string> arguments, const std::string& input) {
  const auto first = arguments.front();
  const auto ran = try_bare(std::move(arguments), input);
  EXPECT_TRUE(ran.status.success()) << "git " << first << ": " << ran.err;
  return ran.out;
}

void RepositoryTest::write(const std::string& path, const std::string& bytes) {
  const auto file = work / path;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

std::string RepositoryTest::commit(const std::string& message) {
  ++minutes_;
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "--message", message});
  return git({"rev-parse", "HEAD"}).substr(0, 40);
}

void RepositoryTest::push(const std::string& refspec) {
  git({"push", "--quiet", "origin", refspec});
}

std::string RepositoryTest::commit_and_push(const std::string& message) {
  auto id = commit(message);
  push();
  return id;
}

std::string RepositoryTest::blob(const std::string& bytes) {
  return bare({"hash-object", "-w", "--stdin"}, bytes).substr(0, 40);
}

std::string RepositoryTest::commit_tree(const std::string& lines, const std::string& branch) {
  ++minutes_;
  const auto tree = bare({"mktree", "-z"}, lines).substr(0, 40);
  const auto id = bare({"commit-tree", tree, "-m", "made by hand"}).substr(0, 40);
  bare({"update-ref", "refs/heads/" + branch, id});
  return id;
}

std::vector<std::string> lines_of(const std::string& text, char end) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text) {
    if (c == end) {
      lines.push_back(std::move(line));
      line.clear();
    } else {
      line += c;
    }
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace causeway::api::git_host
