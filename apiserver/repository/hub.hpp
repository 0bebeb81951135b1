#pragma once
// What routes that write Repos have in common.

#include <string>

#include "apiserver/repository/repository_store.hpp"
#include "apiserver/repository/writer.hpp"
#include "apiserver/rest/call.hpp"
#include "apiserver/rest/problem.hpp"
#include "kube/client/client.hpp"

namespace causeway::api::repository {

// What Kubernetes said, to who asked.
rest::Problem refused(const kube::Error& error);
rest::Problem without_cluster();

// The caller, who is signed in, as Kubernetes is told of them when this repository is changed.
Asker asker_of(const rest::Call& call, const Repository& repository);

kube::ObjectKey key_of(const Repository& repository);

// "public" → "Public", as the custom resource has it.
std::string capital(std::string text);

}  // namespace causeway::api::repository
