#pragma once
// A repository on the disk for whoever makes a request, and what may be done to it: what the routes of this folder
// begin with.

#include <string>

#include "apiserver/content/views.hpp"
#include "apiserver/repository/lookup.hpp"
#include "apiserver/rest/page.hpp"
#include "base/encoding.hpp"

namespace causeway::api::content {

struct Opened : git_host::RepositoryName {
  std::string default_branch;
  std::int64_t id = 0;
  repository::Right right = repository::Right::kNone;  // of the caller
};

// Thread-safe; a value. What it is made of outlives it.
class Opener {
 public:
  // `host`: null in a role that has no repositories.
  Opener(repository::RepositoryStore& store, git_host::GitHost* host, const base::Clock& clock)
      : store_(&store), host_(host), clock_(&clock) {}

  // 404 to who may not read it; 403 to who may not do this, or where nobody may; 503 without a host.
  base::Result<Opened, rest::Problem> open(const rest::Call& call, const repository::RepositoryPath& path,
                                           repository::Right needed) const;
  // 403, as with a push: the branch is protected from this.
  base::Result<void, rest::Problem> may(const Opened& repository, repository::BranchAction action,
                                        const std::string& branch) const;
  // The caller, who is signed in. Addresses are private: this one names the account.
  git_host::Signature signature(const rest::Call& call) const;
  git_host::GitHost* host() const { return host_; }

 private:
  repository::RepositoryStore* store_;
  git_host::GitHost* host_;
  const base::Clock* clock_;
};

inline constexpr kube::Row kRevisionRow{
    .member = "revision",
    .doc = "A branch, a tag, the id of a commit or its beginning; `HEAD` is the default branch.",
    .max_length = 255};

rest::Problem problem_of(const git_host::Error& error);

// Where a page begins, as the host says it: names are bytes.
base::Result<std::string, rest::Problem> position(const rest::Call& call, const std::string& cursor);

// `next`: the host's position behind the last one; "": that was all.
template <class T>
auto page_of(const rest::Call& call, const std::vector<T>& items, const std::string& next) {
  rest::Answer<rest::Page<decltype(view_of(items.front()))>> answer;
  for (const auto& item : items) answer.value.items.push_back(view_of(item));
  if (!next.empty()) {
    answer.value.next = call.next_cursor({base::base64_encode(next)});
    answer.headers.set("Link", call.next_link(answer.value.next));
  }
  return answer;
}

}  // namespace causeway::api::content
