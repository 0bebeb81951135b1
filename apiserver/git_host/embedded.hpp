#pragma once
// Repositories on this machine's disk: the bare ones that apiserver/git serves, <data>/<owner>/<name>.git, read with
// libgit2 beside whoever pushes to them.

#include <filesystem>

#include "apiserver/git/child_limits.hpp"
#include "apiserver/git/repository.hpp"
#include "apiserver/git_host/budget.hpp"
#include "apiserver/git_host/git_host.hpp"
#include "apiserver/git_host/life.hpp"
#include "apiserver/malware/scanner.hpp"

namespace causeway::api::git_host {

struct Opened;

struct EmbeddedOptions {
  std::filesystem::path data;
  git::ChildLimits child = {};                                    // of a git that reads a large file
  const malware::Scanner* scanner = nullptr;                      // null: nothing is looked through for malware
  Budget log = {};                                                // of a page of history
  Budget last_commits = {5'000, std::chrono::milliseconds(800)};  // of a page of a directory
};

class EmbeddedGitHost final : public GitHost {
 public:
  explicit EmbeddedGitHost(EmbeddedOptions options);

  Result<ObjectId> resolve(const RepositoryName& repository, const std::string& revision) const override;
  Result<Head> head(const RepositoryName& repository) const override;

  Result<TreePage> list_tree(const RepositoryName& repository, const std::string& revision, const std::string& path,
                             const TreeQuery& query) const override;
  Result<FileInfo> file_info(const RepositoryName& repository, const std::string& revision,
                             const std::string& path) const override;
  Result<FileContent> read_file(const RepositoryName& repository, const std::string& revision, const std::string& path,
                                std::size_t max_bytes) const override;
  Result<void> stream_file(const RepositoryName& repository, const std::string& revision, const std::string& path,
                           const ByteRange& range, const Sink& sink, std::stop_token stop) const override;

  Result<LogPage> log(const RepositoryName& repository, const std::string& revision,
                      const LogQuery& query) const override;
  Result<Commit> commit(const RepositoryName& repository, const std::string& revision) const override;
  Result<Diff> diff(const RepositoryName& repository, const std::string& revision,
                    const DiffLimits& limits) const override;
  Result<Comparison> compare(const RepositoryName& repository, const std::string& before, const std::string& after,
                             const DiffLimits& limits) const override;

  Result<RefPage<Branch>> branches(const RepositoryName& repository, const RefQuery& query) const override;
  Result<RefPage<Tag>> tags(const RepositoryName& repository, const RefQuery& query) const override;
  Result<Branch> create_branch(const RepositoryName& repository, const std::string& name,
                               const std::string& revision) override;
  Result<void> delete_branch(const RepositoryName& repository, const std::string& name,
                             const ObjectId& expected) override;
  Result<void> rename_branch(const RepositoryName& repository, const std::string& from, const std::string& to) override;
  Result<void> set_default_branch(const RepositoryName& repository, const std::string& name) override;
  Result<Tag> create_tag(const RepositoryName& repository, const NewTag& tag) override;
  Result<void> delete_tag(const RepositoryName& repository, const std::string& name) override;

  Result<Committed> commit_changes(const RepositoryName& repository, const CommitRequest& request) override;

  Result<void> create(const RepositoryName& repository, const NewRepository& settings) override;
  Result<void> duplicate(const RepositoryName& source, const RepositoryName& copy, bool is_private) override;
  Result<void> move(const RepositoryName& from, const RepositoryName& to) override;
  Result<void> remove(const RepositoryName& repository) override;
  Result<Usage> usage(const RepositoryName& repository) const override;

 private:
  Result<std::filesystem::path> find(const RepositoryName& repository) const;
  Result<Opened> open(const RepositoryName& repository) const;

  const EmbeddedOptions options_;
  const Places places_;
  const git::Repositories repositories_;
};

}  // namespace causeway::api::git_host
