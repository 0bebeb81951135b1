#include "apiserver/git_host/change_plan.hpp"

#include <algorithm>

#include "apiserver/git_host/path_rules.hpp"
#include "apiserver/git_host/text.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::api::git_host {
namespace {

constexpr std::size_t kMaxSignaturePart = 256;

Error invalid(std::string message) {
  return {ErrorKind::kInvalid, std::move(message)};
}

// What is there may have any name; it only has to be one.
Result<void> check_existing(std::string_view path) {
  const bool whole = !path.empty() && path.size() <= kMaxPath && path.front() != '/' && path.back() != '/' &&
                     path.find("//") == std::string_view::npos && path.find('\0') == std::string_view::npos;
  if (whole) return {};
  return invalid("the path " + in_quotes(path) + " names nothing: it is empty, too long, or has a slash too many");
}

class Planner {
 public:
  Result<void> add(const PutFile& put, std::size_t index) {
    bytes_ += put.bytes.size();
    return this->put(put.path, index);
  }
  Result<void> add(const PutPointer& put, std::size_t index) {
    if (!format_lfs_pointer(put.pointer))
      return invalid("the pointer of " + in_quotes(put.path) + " is none: an oid has 64 lower-case hexadecimal digits");
    return this->put(put.path, index);
  }
  Result<void> add(const Remove& gone, std::size_t /*index*/) { return remove(gone.path); }
  Result<void> add(const Move& moved, std::size_t index) {
    if (auto removed = remove(moved.from); !removed) return removed;
    return put(moved.to, index);
  }

  // Nothing below what is put, nothing removed below what is removed as a whole.
  Result<void> check(const PlanNode& node, const std::string& path, bool inside_removed) const {
    if (node.put && !node.below.empty())
      return invalid(in_quotes(path) + " would be a file, and " + in_quotes(path + "/" + node.below.begin()->first) +
                     " needs a directory there");
    if (inside_removed && node.removed)
      return invalid(in_quotes(path) + " is named, and a directory that it is in is removed as a whole");
    for (const auto& [name, child] : node.below) {
      if (auto checked = check(child, path.empty() ? name : path + "/" + name, inside_removed || node.removed);
          !checked)
        return checked;
    }
    return {};
  }

  std::size_t bytes() const { return bytes_; }
  PlanNode& root() { return root_; }

 private:
  PlanNode& at(std::string_view path) {
    PlanNode* node = &root_;
    while (true) {
      const auto slash = path.find('/');
      node = &node->below[std::string(path.substr(0, slash))];
      if (slash == std::string_view::npos) return *node;
      path.remove_prefix(slash + 1);
    }
  }
  Result<void> put(std::string_view path, std::size_t index) {
    if (auto fine = check_path(path); !fine) return fine;
    auto& node = at(path);
    if (node.put || node.removed) return invalid(in_quotes(path) + " is named twice");
    node.put = index;
    return {};
  }
  Result<void> remove(std::string_view path) {
    if (auto fine = check_existing(path); !fine) return fine;
    auto& node = at(path);
    if (node.put || node.removed) return invalid(in_quotes(path) + " is named twice");
    node.removed = true;
    return {};
  }

  PlanNode root_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<PlanNode> plan_changes(const std::vector<Change>& changes) {
  if (changes.empty()) return invalid("there are no changes to commit");
  if (changes.size() > kMaxChanges)
    return Error{ErrorKind::kTooLarge, "a commit takes " + std::to_string(kMaxChanges) + " changes at most"};
  Planner planner;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto added = std::visit([&](const auto& change) { return planner.add(change, i); }, changes[i]);
    if (!added) return added.error();
  }
  if (planner.bytes() > kMaxChangedBytes)
    return Error{ErrorKind::kTooLarge, "a commit takes contents of " + std::to_string(kMaxChangedBytes >> 20) +
                                           " MiB at most; larger files belong into Git LFS"};
  if (auto checked = planner.check(planner.root(), "", false); !checked) return checked.error();
  return std::move(planner.root());
}

Result<void> check_signature(std::string_view who, const Signature& signature) {
  for (const auto& [what, text] : {std::pair<std::string_view, std::string_view>{"name", signature.name},
                                   std::pair<std::string_view, std::string_view>{"e-mail address", signature.email}}) {
    const auto wrong = [&, what = what](std::string_view why) {
      return invalid("the " + std::string(what) + " of the " + std::string(who) + " " + std::string(why));
    };
    if (text.find_first_not_of(" .,:;\"'") == std::string_view::npos) return wrong("is empty");
    if (text.size() > kMaxSignaturePart) return wrong("is longer than 256 bytes");
    if (!kube::codec::valid_utf8(text)) return wrong("is not UTF-8");
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return c == '<' || c == '>' || static_cast<unsigned char>(c) < ' ' || c == 0x7f; }))
      return wrong("has < or > or a control character, which a commit cannot hold");
  }
  if (signature.offset_minutes < -14 * 60 || signature.offset_minutes > 14 * 60)
    return invalid("the time zone of the " + std::string(who) + " is further than 14 hours from UTC");
  if (signature.time < base::WallTime{}) return invalid("the time of the " + std::string(who) + " is before 1970");
  return {};
}

Result<void> check_message(std::string_view message) {
  if (message.find_first_not_of(" \t\r\n") == std::string_view::npos) return invalid("a commit needs a message");
  if (message.size() > kMaxMessage) return invalid("the message is longer than 64 KiB");
  if (message.find('\0') != std::string_view::npos || !kube::codec::valid_utf8(message))
    return invalid("the message is not UTF-8 text");
  return {};
}

}  // namespace causeway::api::git_host
