#include "apiserver/git_host/life.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>

#include "apiserver/git/route.hpp"
#include "apiserver/git_host/git_program.hpp"
#include "apiserver/git_host/ref_name.hpp"
#include "apiserver/git_host/text.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::api::git_host {
namespace {

namespace fs = std::filesystem;

Error io_error(const fs::path& path, const std::error_code& error) {
  return {ErrorKind::kUnavailable, path.string() + ": " + error.message()};
}

// Into its place, which must be free.
Result<void> put_in_place(const fs::path& from, const fs::path& to, const std::string& name) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (error) return io_error(to.parent_path(), error);
  // Never onto a repository: rename(2) replaces an empty folder at most.
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  if (errno == EEXIST || errno == ENOTEMPTY)
    return Error{ErrorKind::kConflict, "there is a repository " + name + " already"};
  return Error{ErrorKind::kUnavailable, to.string() + ": " + std::strerror(errno)};
}

// Removes a folder of ours in .tmp; what cannot be removed is logged, and nobody sees it.
void discard(const fs::path& directory) {
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) base::log::warn("a folder was not removed", {{"path", directory.string()}, {"error", error.message()}});
}

// What the git server expects of a repository (apiserver/git/repository.hpp) and what the operator's repo role sets.
Result<void> configure(const fs::path& directory, bool is_private) {
  for (const auto& [key, value] : {std::pair<const char*, const char*>{"causeway.archived", "false"},
                                   {"uploadpack.allowFilter", "true"},
                                   {"uploadpack.allowReachableSHA1InWant", "true"},
                                   {"causeway.visibility", is_private ? "private" : "public"}}) {
    if (auto set = run_git_checked(directory, {"config", key, value}); !set) return set.error();
  }
  return {};
}

}  // namespace

Result<fs::path> Places::of(const RepositoryName& repository) const {
  if (!git::valid_part(repository.owner) || !git::valid_part(repository.name))
    return Error{ErrorKind::kInvalid, "a repository cannot be called " + in_quotes(repository.text()) +
                                          ": owner and name have 1 to 100 letters, digits, dots, dashes or "
                                          "underscores, and begin with no dot or dash"};
  return data_ / repository.owner / (repository.name + ".git");
}

Result<fs::path> Places::temporary() const {
  std::error_code error;
  fs::create_directories(data_ / ".tmp", error);
  if (error) return io_error(data_ / ".tmp", error);
  return data_ / ".tmp" / ("host-" + base::random_hex(16) + ".git");
}

Result<void> create_repository(const Places& places, const RepositoryName& repository, const NewRepository& settings) {
  if (auto fine = check_ref_name("branch", settings.default_branch); !fine) return fine;
  auto place = places.of(repository);
  if (!place) return place.error();
  auto made = places.temporary();
  if (!made) return made.error();
  auto done = [&]() -> Result<void> {
    auto ran = run_git_checked({}, {"init", "--quiet", "--bare",
                                    "--template=", "--initial-branch=" + settings.default_branch, made->string()});
    if (!ran) return ran.error();
    if (auto set = configure(*made, settings.is_private); !set) return set;
    return put_in_place(*made, *place, repository.text());
  }();
  if (!done) discard(*made);
  return done;
}

Result<void> duplicate_repository(const Places& places, const fs::path& source, const RepositoryName& copy,
                                  bool is_private) {
  auto place = places.of(copy);
  if (!place) return place.error();
  auto made = places.temporary();
  if (!made) return made.error();
  auto done = [&]() -> Result<void> {
    // --mirror: branches and tags under their own names. The upload-pack that a clone starts forgets the options of git
    // itself, and refuses a repository that is another user's.
    GitOptions options;
    options.timeout = std::chrono::minutes(30);
    options.limits = {};
    auto cloned = run_git_checked(
        {},
        {"clone", "--quiet", "--mirror", "--local",
         "--template=", "--upload-pack=git -c 'safe.directory=*' upload-pack", "--", source.string(), made->string()},
        options);
    if (!cloned) return cloned.error();
    // Of an empty repository a clone has another HEAD.
    auto head = run_git_checked(source, {"symbolic-ref", "HEAD"});
    if (!head) return head.error();
    while (head->out.ends_with('\n')) head->out.pop_back();
    if (auto set = run_git_checked(*made, {"symbolic-ref", "HEAD", head->out}); !set) return set.error();
    if (auto cut = run_git_checked(*made, {"config", "--remove-section", "remote.origin"}); !cut) return cut.error();
    if (auto set = configure(*made, is_private); !set) return set;
    return put_in_place(*made, *place, copy.text());
  }();
  if (!done) discard(*made);
  return done;
}

Result<void> move_repository(const Places& places, const fs::path& source, const RepositoryName& to) {
  auto place = places.of(to);
  if (!place) return place.error();
  if (auto moved = put_in_place(source, *place, to.text()); !moved) return moved;
  std::error_code error;
  fs::remove(source.parent_path(), error);  // the former owner's folder, if that was the last one
  return {};
}

Result<void> remove_repository(const Places& places, const fs::path& directory) {
  auto aside = places.temporary();
  if (!aside) return aside.error();
  std::error_code error;
  fs::rename(directory, *aside, error);
  if (error) return io_error(directory, error);
  fs::remove(directory.parent_path(), error);
  discard(*aside);
  return {};
}

std::uint64_t disk_usage(const fs::path& directory) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(directory, fs::directory_options::skip_permission_denied, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    struct stat status {};
    if (::lstat(at->path().c_str(), &status) == 0) bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

}  // namespace causeway::api::git_host
