#pragma once
// Where a request about a discussion takes place: the repository, the issue, who asks, and what they may do there.

#include "apiserver/discussion/permission.hpp"
#include "apiserver/discussion/views.hpp"
#include "apiserver/session/signed_in.hpp"

namespace causeway::api::discussion {

struct Scene {
  repository::Repository repository;
  Issue issue;
  std::int64_t me = 0;  // 0: a visitor

  // Towards what `author` wrote.
  Standing standing(std::int64_t author) const;
  // What only the maintainers and its author see.
  bool sees_hidden(const Comment& comment) const;
};

// Who asks, by the id; 0: a visitor.
std::int64_t user_of(const rest::Call& call);

// 404: there is no such repository or issue, or the caller may not know of it.
base::Result<Scene, rest::Problem> scene_of(repository::RepositoryStore& repositories, IssueStore& issues,
                                            const rest::Call& call, const IssuePath& path);

// 403 to who may not.
base::Result<void, rest::Problem> permit(Deed deed, const Standing& standing);
// 409 to who has not chosen a name yet.
base::Result<void, rest::Problem> has_name(const rest::Call& call);
// 422 where a text is longer than the table takes, or says nothing where something is `needed`.
base::Result<void, rest::Problem> takes_body(const std::string& body, bool needed);

}  // namespace causeway::api::discussion
