#include "apiserver/git_host/tree_path.hpp"

namespace causeway::api::git_host {
namespace {

constexpr std::size_t kMinPointerSize = 100;  // "version …", an oid and a size

}  // namespace

EntryKind kind_of(std::uint32_t mode) {
  switch (mode & 0170000) {
    case 0040000:
      return EntryKind::kDirectory;
    case 0120000:
      return EntryKind::kSymlink;
    case 0160000:
      return EntryKind::kSubmodule;
    default:
      return EntryKind::kFile;
  }
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

std::optional<Located> entry_of(const git_tree* tree, std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return std::nullopt;
  const auto* entry = git_tree_entry_byname(tree, std::string(name).c_str());
  if (!entry) return std::nullopt;
  return Located{*git_tree_entry_id(entry), static_cast<std::uint32_t>(git_tree_entry_filemode_raw(entry))};
}

Result<std::optional<Located>> locate(git_repository* repository, const git_oid& root, std::string_view path) {
  Located at{root};
  if (path.empty()) return std::optional(at);
  for (const auto& part : split_path(path)) {
    if (kind_of(at.mode) != EntryKind::kDirectory) return std::optional<Located>{};
    auto tree = find_tree(repository, at.id);
    if (!tree) return tree.error();
    const auto entry = entry_of(tree->get(), part);
    if (!entry) return std::optional<Located>{};
    at = *entry;
  }
  return std::optional(at);
}

Result<Entry> describe(git_odb* odb, std::string path, const Located& located) {
  Entry entry;
  entry.path = std::move(path);
  entry.kind = kind_of(located.mode);
  entry.mode = located.mode;
  entry.id = to_id(located.id);
  if (entry.kind != EntryKind::kFile && entry.kind != EntryKind::kSymlink) return entry;
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (const int code = git_odb_read_header(&size, &type, odb, &located.id); code < 0)
    return library_error(code, "the file " + entry.path);
  if (type != GIT_OBJECT_BLOB) return Error{ErrorKind::kCorrupt, "the file " + entry.path + " is another object"};
  entry.size = size;
  if (entry.kind != EntryKind::kFile || size < kMinPointerSize || size > kMaxPointerSize) return entry;
  OdbObjectPtr object;
  if (const int code = own(object, [&](auto** out) { return git_odb_read(out, odb, &located.id); }); code < 0)
    return library_error(code, "the file " + entry.path);
  entry.lfs = parse_lfs_pointer(
      {static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get())});
  return entry;
}

}  // namespace causeway::api::git_host
