#pragma once
// Writes Repos for people: as they would with kubectl, impersonating them, so that Kubernetes judges what they may.

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

// Thread-safe.
class Writer {
 public:
  explicit Writer(kube::ClientConfig config) : config_(std::move(config)) {}

  // AlreadyExists (409): there is a Repo of this name.
  kube::Result<crds::Repo> create(std::int64_t user, const crds::Repo& repo);
  // `changes`: members of the spec under their JSON names; null: without it.
  kube::Result<crds::Repo> change(std::int64_t user, const kube::ObjectKey& key, const boost::json::object& changes);
  // The changes follow from the spec that there is, which nobody changes in between.
  using Changes = std::function<boost::json::object(const crds::RepoSpec& spec)>;
  kube::Result<crds::Repo> change(std::int64_t user, const kube::ObjectKey& key, const Changes& changes);
  kube::Result<void> remove(std::int64_t user, const kube::ObjectKey& key, const std::string& uid);

 private:
  std::shared_ptr<kube::Client> client_of(std::int64_t user);

  const kube::ClientConfig config_;
  std::mutex mutex_;
  std::map<std::int64_t, std::shared_ptr<kube::Client>> clients_;
};

// The members of a spec that `manager` holds by server-side apply, by the object's managedFields; of `spec` as it is
// now.
boost::json::object held_by(std::string_view manager, const kube::Object& object);

}  // namespace causeway::api::repository
