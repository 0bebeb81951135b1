#include "apiserver/git_host/tree_writer.hpp"

#include <git2/sys/path.h>

#include "apiserver/git_host/text.hpp"
#include "apiserver/git_host/tree_path.hpp"

namespace causeway::api::git_host {
namespace {

git_filemode_t git_mode(FileMode mode) {
  switch (mode) {
    case FileMode::kExecutable:
      return GIT_FILEMODE_BLOB_EXECUTABLE;
    case FileMode::kSymlink:
      return GIT_FILEMODE_LINK;
    case FileMode::kRegular:
      break;
  }
  return GIT_FILEMODE_BLOB;
}

// Of the modes that git writes today; trees of its first years have others (0100664).
git_filemode_t standard_mode(std::uint32_t mode) {
  if (kind_of(mode) != EntryKind::kFile) return static_cast<git_filemode_t>(mode);
  return (mode & 0100) != 0 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
}

class Writer {
 public:
  Writer(git_repository* repository, const git_tree* root, const std::vector<Change>& changes)
      : repository_(repository), root_(root), changes_(changes) {}

  // The tree that `base` becomes; nullopt: nothing is left in it.
  Result<std::optional<git_oid>> write(const git_tree* base, const PlanNode& plan, const std::string& path) {
    TreeBuilderPtr builder;
    if (const int code = own(builder, [&](auto** out) { return git_treebuilder_new(out, repository_, base); });
        code < 0)
      return library_error(code, "the directory " + in_quotes(path));
    for (const auto& [name, node] : plan.below) {
      auto changed = change(builder.get(), base, name, node, path.empty() ? name : path + "/" + name);
      if (!changed) return changed.error();
    }
    if (git_treebuilder_entrycount(builder.get()) == 0) return std::optional<git_oid>{};
    git_oid id{};
    if (const int code = git_treebuilder_write(&id, builder.get()); code < 0)
      return library_error(code, "writing the directory " + in_quotes(path));
    return std::optional(id);
  }

 private:
  Result<void> change(git_treebuilder* builder, const git_tree* base, const std::string& name, const PlanNode& node,
                      const std::string& path) {
    auto there = base ? entry_of(base, name) : std::nullopt;
    if (node.removed) {
      if (!there) return Error{ErrorKind::kNoPath, "there is no " + in_quotes(path) + " to remove or move"};
      if (const int code = git_treebuilder_remove(builder, name.c_str()); code < 0)
        return library_error(code, "removing " + in_quotes(path));
      there.reset();
    }
    if (node.put) {
      auto entry = content_of(changes_[*node.put], there, path, name);
      if (!entry) return entry.error();
      return insert(builder, name, *entry, path);
    }
    if (node.below.empty()) return {};
    TreePtr below;
    if (there) {
      if (kind_of(there->mode) != EntryKind::kDirectory)
        return Error{ErrorKind::kConflict, in_quotes(path) + " is no directory: nothing can be in it"};
      auto tree = find_tree(repository_, there->id);
      if (!tree) return tree.error();
      below = std::move(*tree);
    }
    auto written = write(below.get(), node, path);
    if (!written) return written.error();
    if (*written) return insert(builder, name, {**written, GIT_FILEMODE_TREE}, path);
    if (!there) return {};
    const int code = git_treebuilder_remove(builder, name.c_str());
    return code < 0 ? Result<void>(library_error(code, "removing " + in_quotes(path))) : Result<void>();
  }

  // What `change` puts at `path`, where `there` is now.
  Result<Located> content_of(const Change& change, const std::optional<Located>& there, const std::string& path,
                             const std::string& name) {
    // Submodules decide what `git clone --recursive` fetches and where to; a push is checked for that (fsckObjects).
    if (git_path_is_gitfile(name.data(), name.size(), GIT_PATH_GITFILE_GITMODULES, GIT_PATH_FS_GENERIC) > 0)
      return Error{ErrorKind::kInvalid, in_quotes(path) + " can only be pushed with git, which checks what it says"};
    if (const auto* moved = std::get_if<Move>(&change)) {
      if (there) return Error{ErrorKind::kConflict, in_quotes(path) + " is there already: nothing can be moved to it"};
      const Error nothing{ErrorKind::kNoPath, "there is no " + in_quotes(moved->from) + " to move"};
      if (!root_) return nothing;
      auto source = locate(repository_, *git_tree_id(root_), moved->from);
      if (!source) return source.error();
      return *source ? Result<Located>(**source) : nothing;
    }
    if (there && kind_of(there->mode) == EntryKind::kDirectory)
      return Error{ErrorKind::kConflict, in_quotes(path) + " is a directory: a file cannot take its place"};
    if (const auto* pointer = std::get_if<PutPointer>(&change))
      return blob(format_lfs_pointer(pointer->pointer).value_or(""), GIT_FILEMODE_BLOB, path);
    const auto& put = std::get<PutFile>(change);
    const bool keeps = !put.mode && there && kind_of(there->mode) != EntryKind::kSubmodule;
    const auto mode = keeps ? standard_mode(there->mode) : git_mode(put.mode.value_or(FileMode::kRegular));
    return blob(put.bytes, mode, path);
  }

  Result<Located> blob(std::string_view bytes, git_filemode_t mode, const std::string& path) {
    Located written{{}, static_cast<std::uint32_t>(mode)};
    if (const int code = git_blob_create_from_buffer(&written.id, repository_, bytes.data(), bytes.size()); code < 0)
      return library_error(code, "writing " + in_quotes(path));
    return written;
  }

  static Result<void> insert(git_treebuilder* builder, const std::string& name, const Located& entry,
                             const std::string& path) {
    if (const int code = git_treebuilder_insert(nullptr, builder, name.c_str(), &entry.id, standard_mode(entry.mode));
        code < 0)
      return library_error(code, "adding " + in_quotes(path));
    return {};
  }

  git_repository* repository_;
  const git_tree* root_;
  const std::vector<Change>& changes_;
};

}  // namespace

Result<git_oid> write_tree(git_repository* repository, const git_tree* base, const PlanNode& plan,
                           const std::vector<Change>& changes) {
  Writer writer(repository, base, changes);
  auto written = writer.write(base, plan, "");
  if (!written) return written.error();
  if (*written) return **written;
  TreeBuilderPtr empty;  // everything was removed
  git_oid id{};
  int code = own(empty, [&](auto** out) { return git_treebuilder_new(out, repository, nullptr); });
  if (code == 0) code = git_treebuilder_write(&id, empty.get());
  if (code < 0) return library_error(code, "writing the directory");
  return id;
}

}  // namespace causeway::api::git_host
