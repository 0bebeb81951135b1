#include "operator/repo/bare_repository.hpp"

#include <algorithm>
#include <charconv>

#include "base/files.hpp"
#include "base/process.hpp"
#include "operator/build/git_environment.hpp"
#include "operator/build/text.hpp"

namespace causeway::op::repo {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kMaxMessage = 200;

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(by);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Result<base::RunOutput> run_git(std::vector<std::string> argv, std::stop_token stop) {
  base::ProcessSpec spec;
  spec.argv = {"git", "-c", "safe.directory=*"};
  spec.argv.insert(spec.argv.end(), argv.begin(), argv.end());
  spec.env = build::git_environment();
  base::RunOptions options;
  options.timeout = std::chrono::minutes(2);
  options.stop = std::move(stop);
  return base::run(spec, options);
}

Result<void> write_if_different(const fs::path& file, const std::string& content, mode_t mode) {
  if (const auto there = base::read_file(file); there.ok() && *there == content) return {};
  return base::write_file_atomic(file, content, mode);
}

}  // namespace

bool BareRepository::exists() const {
  std::error_code error;
  return fs::is_directory(fs::symlink_status(directory_, error));
}

Result<std::string> BareRepository::git(std::vector<std::string> arguments) const {
  std::vector<std::string> argv{"--git-dir", directory_.string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto ran = run_git(std::move(argv), stop_);
  if (!ran) return ran.error();
  if (!ran->status.success())
    return Error{ErrorCode::kIo, "git " + arguments[0] + " in " + directory_.string() + ": " + ran->status.describe() +
                                     ": " + ran->err};
  return std::move(ran->out);
}

Result<void> BareRepository::init(const std::string& default_branch) const {
  std::error_code error;
  fs::create_directories(directory_.parent_path(), error);
  if (error) return Error{ErrorCode::kIo, directory_.parent_path().string() + ": " + error.message()};
  auto ran = run_git(
      {"init", "--quiet", "--bare", "--template=", "--initial-branch=" + default_branch, directory_.string()}, stop_);
  if (!ran) return ran.error();
  if (!ran->status.success()) return Error{ErrorCode::kIo, "git init " + directory_.string() + ": " + ran->err};
  return {};
}

Result<std::optional<Owner>> BareRepository::owner() const {
  auto ran =
      run_git({"config", "--file", (directory_ / "config").string(), "-z", "--get-regexp", "^causeway\\."}, stop_);
  if (!ran) return ran.error();
  if (ran->status.signal != 0 || ran->status.code > 1)
    return Error{ErrorCode::kIo, "git config in " + directory_.string() + ": " + ran->err};
  Owner owner;
  for (const auto& entry : split(ran->out, '\0')) {
    const auto newline = entry.find('\n');
    if (newline == std::string::npos) continue;
    if (entry.substr(0, newline) == "causeway.uid") owner.uid = entry.substr(newline + 1);
    if (entry.substr(0, newline) == "causeway.object") owner.object = entry.substr(newline + 1);
  }
  if (owner.uid.empty()) return std::optional<Owner>{};
  return std::optional<Owner>(std::move(owner));
}

Result<void> BareRepository::set_config(const std::string& key, const std::string& value) const {
  const auto file = (directory_ / "config").string();
  auto now = run_git({"config", "--file", file, "--get", key}, stop_);
  if (!now) return now.error();
  if (now->status.success() && now->out == value + "\n") return {};  // the server need not read the file again
  auto ran = run_git({"config", "--file", file, "--replace-all", key, value}, stop_);
  if (!ran) return ran.error();
  if (!ran->status.success()) return Error{ErrorCode::kIo, "git config " + key + ": " + ran->err};
  return {};
}

Result<void> BareRepository::configure(const crds::Repo& repo) const {
  const auto& spec = repo.spec;
  std::error_code error;
  fs::create_directories(directory_ / "hooks", error);
  if (error) return Error{ErrorCode::kIo, (directory_ / "hooks").string() + ": " + error.message()};
  const auto hook = directory_ / "hooks/post-receive";
  if (auto ok = write_if_different(hook, post_receive_hook(repo.metadata.key()), 0755); !ok) return ok;
  if (auto ok = write_if_different(directory_ / "description", spec.description + "\n", 0644); !ok) return ok;
  auto head = run_git({"--git-dir", directory_.string(), "symbolic-ref", "--quiet", "HEAD"}, stop_);
  if (!head) return head.error();
  if (head->out != "refs/heads/" + spec.default_branch + "\n") {
    if (auto ok = git({"symbolic-ref", "HEAD", "refs/heads/" + spec.default_branch}); !ok) return ok.error();
  }
  const std::vector<std::pair<std::string, std::string>> values{
      {"causeway.uid", repo.metadata.uid},
      {"causeway.object", repo.metadata.key().to_string()},
      {"causeway.archived", spec.archived ? "true" : "false"},
      {"causeway.lfs", spec.lfs.enabled ? "true" : "false"},
      {"uploadpack.allowFilter", "true"},
      {"uploadpack.allowReachableSHA1InWant", "true"},
      {"causeway.visibility", spec.visibility == crds::RepoVisibility::Public ? "public" : "private"}};
  for (const auto& [key, value] : values) {
    if (auto ok = set_config(key, value); !ok) return ok;
  }
  return {};
}

Result<Look> BareRepository::look(const std::string& default_branch) const {
  Look look;
  auto refs = git({"for-each-ref", "--format=%(refname)", "refs/heads/"});
  if (!refs) return refs.error();
  look.branch_count = std::count(refs->begin(), refs->end(), '\n');
  const std::string ref = "refs/heads/" + default_branch;
  auto head = git({"for-each-ref", "--count=1",
                   "--format=%(objectname)%00%(committerdate:iso-strict)%00%(authorname)%00%(contents:subject)", ref});
  if (!head) return head.error();
  auto line = *head;
  if (!line.empty() && line.back() == '\n') line.pop_back();
  if (const auto parts = split(line, '\0'); parts.size() == 4) {
    const auto time = base::parse_time(parts[1]);
    look.head = crds::RepoHead{.branch = default_branch,
                               .commit = parts[0],
                               .message = build::clip(parts[3], kMaxMessage),
                               .author = build::clip(parts[2], kMaxMessage),
                               .time = time ? base::format_time(*time) : std::string()};
  }
  auto counted = git({"count-objects", "-v"});
  if (!counted) return counted.error();
  for (const auto& row : split(*counted, '\n')) {
    for (const std::string key : {"size: ", "size-pack: "}) {
      if (row.starts_with(key)) look.size_bytes += std::stoll(row.substr(key.size())) * 1024;
    }
  }
  if (const auto large = base::read_file(directory_ / "causeway-lfs-bytes"))
    (void)std::from_chars(large->data(), large->data() + large->size(), look.lfs_bytes);
  return look;
}

std::optional<RepoPath> remembered_place(const Layout& layout, const std::string& uid) {
  const auto text = base::read_file(layout.place(uid));
  if (!text) return std::nullopt;
  auto path = parse_path(*text);
  if (!path) return std::nullopt;
  return *path;
}

Result<void> remember_place(const Layout& layout, const std::string& uid, const RepoPath& path) {
  std::error_code error;
  fs::create_directories(layout.place(uid).parent_path(), error);
  if (error) return Error{ErrorCode::kIo, layout.place(uid).parent_path().string() + ": " + error.message()};
  return write_if_different(layout.place(uid), path.text(), 0644);
}

Result<void> move_repository(const Layout& layout, const std::string& uid, const RepoPath& path, std::stop_token stop) {
  const auto from = remembered_place(layout, uid);
  if (!from || from->text() == path.text()) return {};
  const BareRepository old(layout.repository(*from), std::move(stop));
  if (!old.exists()) return {};
  auto owner = old.owner();
  if (!owner) return owner.error();
  if (!*owner || (*owner)->uid != uid) return {};  // somebody else's by now
  const auto target = layout.repository(path);
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (!error) fs::rename(old.directory(), target, error);
  if (error) return Error{ErrorCode::kIo, "moving " + old.directory().string() + ": " + error.message()};
  fs::remove(old.directory().parent_path(), error);  // the former owner's folder, if that was the last one
  return {};
}

std::string post_receive_hook(const kube::ObjectKey& key) {
  // git runs hooks in the repository's folder: <data>/<owner>/<name>.git.
  return "#!/bin/sh\n# Written by Causeway: tells that something was pushed.\ncat >/dev/null\n: >'../../.events/" +
         event_slug(key) + "'\n";
}

Result<void> archive_repository(const Layout& layout, const fs::path& directory, const kube::ObjectKey& key,
                                base::WallTime now) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(directory, error))) return {};
  fs::create_directories(layout.archive(), error);
  if (error) return Error{ErrorCode::kIo, layout.archive().string() + ": " + error.message()};
  auto time = base::format_time(now);
  std::replace(time.begin(), time.end(), ':', '-');
  auto target = layout.archive() / (event_slug(key) + "-" + time + ".git");
  for (int i = 1; fs::exists(target); ++i)
    target = layout.archive() / (event_slug(key) + "-" + time + "-" + std::to_string(i) + ".git");
  fs::rename(directory, target, error);
  if (error) return Error{ErrorCode::kIo, "archiving " + directory.string() + ": " + error.message()};
  fs::remove(directory.parent_path(), error);  // the owner's folder, if that was the last one
  return {};
}

}  // namespace causeway::op::repo
