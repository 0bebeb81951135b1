#include "apiserver/git_host/ref_list.hpp"

#include <algorithm>

#include "apiserver/git_host/revision.hpp"
#include "apiserver/git_host/text.hpp"

namespace causeway::api::git_host {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kTags = "refs/tags/";

// Names under `prefix`, without it, by their bytes. All of them: where they are kept has no order to page by.
Result<std::vector<std::string>> names_under(git_repository* repository, std::string_view prefix) {
  ReferenceIteratorPtr iterator;
  const std::string glob = std::string(prefix) + "*";
  if (const int code =
          own(iterator, [&](auto** out) { return git_reference_iterator_glob_new(out, repository, glob.c_str()); });
      code < 0)
    return library_error(code, "listing " + glob);
  std::vector<std::string> names;
  while (true) {
    const char* name = nullptr;
    const int code = git_reference_next_name(&name, iterator.get());
    if (code == GIT_ITEROVER) break;
    if (code < 0) return library_error(code, "listing " + glob);
    names.emplace_back(std::string_view(name).substr(prefix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

template <class T, class Read>
Result<RefPage<T>> page_of(git_repository* repository, std::string_view prefix, const RefQuery& query, Read&& read) {
  auto names = names_under(repository, prefix);
  if (!names) return names.error();
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMaxRefPage);
  RefPage<T> page;
  auto name = query.after.empty() ? names->begin() : std::upper_bound(names->begin(), names->end(), query.after);
  for (; name != names->end(); ++name) {
    if (page.items.size() == limit) {
      page.next = *std::prev(name);
      break;
    }
    Result<std::optional<T>> item = read(*name);
    if (!item) return item.error();
    if (*item) page.items.push_back(std::move(**item));  // otherwise somebody has deleted it just now
  }
  return page;
}

}  // namespace

Result<RefPage<Branch>> list_branches(git_repository* repository, const RefQuery& query) {
  auto head = read_head(repository);
  if (!head) return head.error();
  return page_of<Branch>(repository, kHeads, query, [&](const std::string& name) -> Result<std::optional<Branch>> {
    auto commit = commit_of_ref(repository, std::string(kHeads) + name);
    if (!commit) return commit.error();
    if (!*commit) return std::optional<Branch>{};
    return std::optional(Branch{name, to_id(**commit), name == head->branch});
  });
}

Result<std::optional<Tag>> find_tag(git_repository* repository, const std::string& name) {
  auto value = value_of_ref(repository, std::string(kTags) + name);
  if (!value) return value.error();
  if (!*value) return std::optional<Tag>{};
  Tag tag{name, to_id(**value), {}, {}};
  ObjectPtr object;
  if (const int code =
          own(object, [&](auto** out) { return git_object_lookup(out, repository, &**value, GIT_OBJECT_ANY); });
      code < 0)
    return library_error(code, "the tag " + name);
  if (git_object_type(object.get()) != GIT_OBJECT_TAG) return std::optional(std::move(tag));
  TagPtr annotated;
  if (const int code = own(annotated, [&](auto** out) { return git_tag_lookup(out, repository, &**value); }); code < 0)
    return library_error(code, "the tag " + name);
  if (const char* message = git_tag_message(annotated.get())) tag.message = clip(to_utf8(message), kMaxMessage);
  if (const auto* tagger = git_tag_tagger(annotated.get())) tag.tagger = to_signature(tagger, {});
  ObjectPtr target;
  if (const int code = own(target, [&](auto** out) { return git_tag_peel(out, annotated.get()); }); code < 0)
    return library_error(code, "what the tag " + name + " leads to");
  tag.target = to_id(*git_object_id(target.get()));
  return std::optional(std::move(tag));
}

Result<RefPage<Tag>> list_tags(git_repository* repository, const RefQuery& query) {
  return page_of<Tag>(repository, kTags, query, [&](const std::string& name) { return find_tag(repository, name); });
}

Result<std::size_t> count_branches(git_repository* repository) {
  auto names = names_under(repository, kHeads);
  if (!names) return names.error();
  return names->size();
}

}  // namespace causeway::api::git_host
