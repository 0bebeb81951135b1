#pragma once
// Repositories as the API shows them.

#include <string>
#include <vector>

#include "apiserver/repository/repository_store.hpp"
#include "apiserver/rest/page.hpp"

namespace causeway::api::repository {

struct RepositoryView {
  std::string id, path, type, visibility, display_name, description, website, license, default_branch, sdk, head_commit;
  std::vector<std::string> tags;
  std::int64_t stars = 0, downloads = 0, issues = 0, discussions = 0, size_bytes = 0;
  bool archived = false, starred = false;
  std::string right, ns, resource, created_at, active_at;
  bool operator==(const RepositoryView&) const = default;
  static std::string schema_name() { return "Repository"; }
};
BOOST_DESCRIBE_STRUCT(RepositoryView, (),
                      (id, path, type, visibility, display_name, description, website, license, default_branch, sdk,
                       head_commit, tags, stars, downloads, issues, discussions, size_bytes, archived, starred, right,
                       ns, resource, created_at, active_at))
constexpr auto field_rows(const RepositoryView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "path", .doc = "`owner/name`.", .required = true},
      kube::Row{.member = "type", .doc = "`model`, `dataset` or `space`.", .required = true},
      kube::Row{.member = "visibility", .doc = "`public` or `private`.", .required = true},
      kube::Row{.member = "display_name", .doc = "As it is called."},
      kube::Row{.member = "description", .doc = "A sentence or two."},
      kube::Row{.member = "website", .doc = "An address."},
      kube::Row{.member = "license", .doc = "By its SPDX identifier."},
      kube::Row{.member = "default_branch", .doc = "What is shown and cloned.", .required = true},
      kube::Row{.member = "sdk", .doc = "What its demo is made with, as README.md says."},
      kube::Row{.member = "head_commit", .doc = "Of the default branch; absent: there is no commit yet."},
      kube::Row{.member = "tags", .doc = "What it is about.", .always = true},
      kube::Row{.member = "stars", .doc = "How many people have starred it.", .always = true},
      kube::Row{.member = "downloads", .doc = "How often it was cloned or downloaded.", .always = true},
      kube::Row{.member = "issues", .doc = "Open ones.", .always = true},
      kube::Row{.member = "discussions", .doc = "Open ones.", .always = true},
      kube::Row{.member = "size_bytes", .doc = "On the disk.", .always = true},
      kube::Row{.member = "archived", .doc = "Read-only.", .always = true},
      kube::Row{.member = "starred", .doc = "Whether the caller has starred it.", .always = true},
      kube::Row{
          .member = "right",
          .doc = "What the caller may: `read`, `write` (push), `maintain` (settings) or `admin` (delete, give away).",
          .required = true},
      kube::Row{
          .member = "ns", .doc = "Namespace of its custom resource on the hub.", .json = "namespace", .required = true},
      kube::Row{.member = "resource", .doc = "Name of its custom resource Repo.", .required = true},
      kube::Row{.member = "created_at", .doc = "When it was made.", .required = true, .format = "date-time"},
      kube::Row{.member = "active_at", .doc = "When it was pushed to last.", .required = true, .format = "date-time"},
  };
}
RepositoryView view_of(const Repository& repository);

}  // namespace causeway::api::repository
