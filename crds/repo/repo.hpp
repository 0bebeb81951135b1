#pragma once
// Repo: a git repository of a model, a dataset or a space. Users' words for each field: crds/repo/fields.hpp.

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crds/references.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/meta.hpp"

namespace causeway::crds {

enum class RepoType { Model, Dataset, Space };
BOOST_DESCRIBE_ENUM(RepoType, Model, Dataset, Space)
enum class RepoVisibility { Public, Private };
BOOST_DESCRIBE_ENUM(RepoVisibility, Public, Private)
enum class RepoHost { Embedded, GitLab };
BOOST_DESCRIBE_ENUM(RepoHost, Embedded, GitLab)
enum class CollaboratorRole { Read, Write, Maintain, Admin };
BOOST_DESCRIBE_ENUM(CollaboratorRole, Read, Write, Maintain, Admin)

struct Collaborator {
  std::string user;
  CollaboratorRole role = CollaboratorRole::Read;
  bool operator==(const Collaborator&) const = default;
};
BOOST_DESCRIBE_STRUCT(Collaborator, (), (user, role))

struct RepoImport {
  std::string url;
  std::optional<SecretRef> credentials_ref;
  std::string mirror_interval;  // "" = imported once
  bool operator==(const RepoImport&) const = default;
};
BOOST_DESCRIBE_STRUCT(RepoImport, (), (url, credentials_ref, mirror_interval))

struct Lfs {
  bool enabled = true;
  std::vector<std::string> filters;
  bool operator==(const Lfs&) const = default;
};
BOOST_DESCRIBE_STRUCT(Lfs, (), (enabled, filters))

struct RepoSpec {
  RepoType type = RepoType::Model;
  std::string owner, path;
  RepoVisibility visibility = RepoVisibility::Private;
  std::string display_name, description, website;
  std::vector<std::string> tags;
  std::string license;
  std::string default_branch = "main";
  std::vector<Collaborator> collaborators;
  std::optional<RepoImport> import_;
  Lfs lfs;
  RepoHost host = RepoHost::Embedded;
  bool archived = false;
  bool operator==(const RepoSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(RepoSpec, (),
                      (type, owner, path, visibility, display_name, description, website, tags, license, default_branch,
                       collaborators, import_, lfs, host, archived))

struct CloneUrls {
  std::string http, ssh;
  bool operator==(const CloneUrls&) const = default;
};
BOOST_DESCRIBE_STRUCT(CloneUrls, (), (http, ssh))

struct RepoHead {
  std::string branch, commit, message, author, time;
  bool operator==(const RepoHead&) const = default;
};
BOOST_DESCRIBE_STRUCT(RepoHead, (), (branch, commit, message, author, time))

struct RepoImported {
  std::string at, from;
  bool operator==(const RepoImported&) const = default;
};
BOOST_DESCRIBE_STRUCT(RepoImported, (), (at, from))

struct RepoStatus {
  std::int64_t observed_generation = -1;
  std::string repo_id;
  std::optional<CloneUrls> clone;
  std::optional<RepoHead> head;
  std::int64_t branch_count = 0;
  std::int64_t size_bytes = 0, lfs_bytes = 0;
  kube::json::value metadata;  // what README.md's front matter declares; null = nothing
  std::optional<RepoImported> imported;
  kube::Conditions conditions;
  bool operator==(const RepoStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(RepoStatus, (),
                      (observed_generation, repo_id, clone, head, branch_count, size_bytes, lfs_bytes, metadata,
                       imported, conditions))

struct Repo {
  static constexpr kube::ResourceType kResource{"causeway.dev", "v1alpha1", "Repo", "repos"};
  kube::ObjectMeta metadata;
  RepoSpec spec;
  RepoStatus status;
  bool operator==(const Repo&) const = default;
};
BOOST_DESCRIBE_STRUCT(Repo, (), (metadata, spec, status))

namespace repo_conditions {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kImported = "Imported";
inline constexpr std::string_view kSynced = "Synced";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kStalled = "Stalled";
}  // namespace repo_conditions

}  // namespace causeway::crds

#include "crds/repo/fields.hpp"

// Instantiated once, in repo.cpp.
extern template causeway::kube::Result<causeway::crds::Repo> causeway::kube::from_json<causeway::crds::Repo>(
    const causeway::kube::json::value&);
extern template bool causeway::kube::from_text(std::string_view, causeway::crds::Repo&);
extern template causeway::kube::json::value causeway::kube::to_json<causeway::crds::Repo>(const causeway::crds::Repo&);
extern template causeway::kube::Object causeway::kube::encode<causeway::crds::Repo>(const causeway::crds::Repo&);
