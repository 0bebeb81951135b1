#pragma once
// Writes Repos for people: as they would with kubectl, impersonating them, so that Kubernetes judges what they may.

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "crds/repo/repo.hpp"
#include "kube/client/client.hpp"

namespace causeway::api::repository {

// Server-side apply under this name, each one starting from what it holds already: a setting made here stays until it
// is changed here, and one that another manager (GitOps) owns is refused with its name.
inline constexpr std::string_view kSettings = "causeway-settings";

// Who has a right in a repository and none in its namespace (a collaborator, an administrator of the platform) is also
// of this group when Kubernetes is asked: it may change and delete the Repos of accounts, and make none
// (manifests/base/collaborators.yaml). Nobody is in it but in requests of this server, after its own check.
inline constexpr std::string_view kCollaborators = "causeway:collaborators";

struct Asker {
  std::int64_t user = 0;
  bool collaborates = false;  // as one of kCollaborators
  auto operator<=>(const Asker&) const = default;
};

// Thread-safe.
class Writer {
 public:
  explicit Writer(kube::ClientConfig config) : config_(std::move(config)) {}

  // AlreadyExists (409): there is a Repo of this name.
  kube::Result<crds::Repo> create(const Asker& asker, const crds::Repo& repo);
  // `changes`: members of the spec under their JSON names; null: without it.
  kube::Result<crds::Repo> change(const Asker& asker, const kube::ObjectKey& key, const boost::json::object& changes);
  // The changes follow from the spec that there is, which nobody changes in between.
  using Changes = std::function<boost::json::object(const crds::RepoSpec& spec)>;
  kube::Result<crds::Repo> change(const Asker& asker, const kube::ObjectKey& key, const Changes& changes);
  kube::Result<void> remove(const Asker& asker, const kube::ObjectKey& key, const std::string& uid);

 private:
  std::shared_ptr<kube::Client> client_of(const Asker& asker);

  const kube::ClientConfig config_;
  std::mutex mutex_;
  std::map<Asker, std::shared_ptr<kube::Client>> clients_;
};

// The members of a spec that `manager` holds by server-side apply, by the object's managedFields; of `spec` as it is
// now.
boost::json::object held_by(std::string_view manager, const kube::Object& object);

}  // namespace causeway::api::repository
