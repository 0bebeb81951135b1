#pragma once
// A repository for whoever makes a request: what routes of all kinds begin with.

#include "apiserver/repository/repository_store.hpp"
#include "apiserver/rest/handler.hpp"

namespace causeway::api::repository {

struct RepositoryPath {
  std::string owner, name;
};
BOOST_DESCRIBE_STRUCT(RepositoryPath, (), (owner, name))
inline constexpr kube::Row kOwnerRow{.member = "owner", .doc = "The account that owns it.", .max_length = 100};
inline constexpr kube::Row kNameRow{.member = "name", .doc = "Of the repository.", .max_length = 100};
constexpr auto field_rows(const RepositoryPath*) {
  return std::array{kOwnerRow, kNameRow};
}

// With a token of another scope its owner sees what everybody does.
Viewer viewer_of(const rest::Call& call);

// 404 to who may not read it, 403 to who may not do this.
base::Result<Repository, rest::Problem> lookup(RepositoryStore& store, const rest::Call& call,
                                               const RepositoryPath& path, Right needed);

}  // namespace causeway::api::repository
