#pragma once
// The real git, and git-lfs, against the role git: push, clone, lock, as people do.

#include <fstream>

#include "base/files.hpp"
#include "tests/integration/web/git_fixture.hpp"

namespace causeway::api {

class GitClientTest : public GitTest {
 protected:
  std::string token(Browser& owner, const std::string& scope);
  // ada/models, public; eve may write to it, mia maintain it. All three have to be there.
  void make_shared();

  // git with settings of its own.
  base::RunOutput git_run(std::vector<std::string> argv, const std::string& cwd = {});
  void git_must(std::vector<std::string> argv, const std::string& cwd = {});
  base::ProcessSpec git_spec(std::vector<std::string> argv, const std::string& cwd) const;
  std::string remote(const std::string& name, const std::string& token = "") const;

  // A work tree with a commit, and `name` as its origin.
  virtual std::string work_tree(const std::string& name, const std::string& token);
  void commit(const std::string& tree, const std::string& file, std::string_view content);

  base::TemporaryDirectory folder{"causeway-git"};
};

class LfsTest : public GitClientTest {
 protected:
  void SetUp() override;
  void configure(ServerOptions& options) override;

  // *.bin are large files there.
  std::string work_tree(const std::string& name, const std::string& token) override;
  std::string clone(const std::string& name, const std::string& token = "");

  base::HttpResponse ask(const std::string& method, const std::string& name, const std::string& rest,
                         const std::string& token = "", const std::string& body = "", base::Headers headers = {});
  static std::string batch(const std::string& operation, const std::string& oid, std::int64_t size);
  // Regular files beneath the large files' folder.
  std::vector<std::filesystem::path> stored(const std::string& of = "objects") const;

  lfs::Quota quota;
};

}  // namespace causeway::api
