#pragma once
// What is in repositories: directories, files, history, branches, tags, and commits from the site (/api/v1/content). Of
// the role git, beside the disk; the gateway leads there by the path.

#include <vector>

#include "apiserver/content/opened.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::content {

// `host`: null in a role that has no repositories, whose table names these routes for the document only; they answer
// 503.
std::vector<rest::Route> content_routes(repository::RepositoryStore& store, git_host::GitHost* host,
                                        const base::Clock& clock);

// Those of them that are about branches, tags and comparing.
std::vector<rest::Route> ref_routes(const Opener& opener);

}  // namespace causeway::api::content
