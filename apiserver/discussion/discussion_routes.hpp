#pragma once
// Issues and discussions of repositories, and comments on them (/api/v1/repositories/…/issues).

#include <vector>

#include "apiserver/discussion/comment_store.hpp"
#include "apiserver/discussion/issue_store.hpp"
#include "apiserver/repository/repository_store.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::discussion {

// The rate class of what people write here.
inline constexpr std::string_view kWritingRate = "writing";

// What is given has to outlive the routes.
std::vector<rest::Route> issue_routes(repository::RepositoryStore& repositories, IssueStore& issues);
std::vector<rest::Route> comment_routes(repository::RepositoryStore& repositories, IssueStore& issues,
                                        CommentStore& comments);
// How much the caller is told of a repository, or of one issue (/api/v1/repositories/…/watch, …/issues/{number}/watch).
std::vector<rest::Route> watch_routes(database::Pool& pool, repository::RepositoryStore& repositories,
                                      IssueStore& issues);

}  // namespace causeway::api::discussion
