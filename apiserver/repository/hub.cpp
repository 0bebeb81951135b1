#include "apiserver/repository/hub.hpp"

#include "base/log.hpp"

namespace causeway::api::repository {

rest::Problem refused(const kube::Error& error) {
  if (error.already_exists()) return {rest::kConflict, "there is a repository of this name already"};
  if (error.not_found()) return {rest::kNotFound, "it is not there any more"};
  if (error.conflict()) return {rest::kConflict, "something else manages this setting: " + error.message};
  if (error.invalid()) return {rest::kInvalid, "the cluster does not accept this: " + error.message};
  if (error.forbidden()) {
    // It names accounts and rights of the cluster.
    base::log::warn("the cluster refuses a change", {{"error", error.message}});
    return {rest::kForbidden, "the cluster refuses this: you have no right to it there, or a quota is used up"};
  }
  base::log::warn("the cluster could not be asked", {{"error", error.message}});
  return rest::unavailable("the cluster does not answer right now", std::chrono::seconds(2));
}

rest::Problem without_cluster() {
  return rest::unavailable("this server works without a cluster, where repositories are", std::chrono::seconds(60));
}

kube::ObjectKey key_of(const Repository& repository) {
  return {repository.resource_namespace, repository.resource_name};
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

}  // namespace causeway::api::repository
