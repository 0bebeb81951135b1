#pragma once
// Stars and followers (/api/v1/me/stars, /api/v1/me/following, /api/v1/users/…, /api/v1/repositories/…/stargazers).

#include <vector>

#include "apiserver/repository/repository_store.hpp"
#include "apiserver/rest/route.hpp"
#include "apiserver/social/follow_store.hpp"
#include "apiserver/social/star_store.hpp"

namespace causeway::api::social {

// What is given has to outlive the routes.
std::vector<rest::Route> star_routes(database::Pool& pool, repository::RepositoryStore& repositories, StarStore& stars);
std::vector<rest::Route> follow_routes(database::Pool& pool, FollowStore& follows);

}  // namespace causeway::api::social
