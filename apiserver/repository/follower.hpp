#pragma once
// Keeps the table of repositories at what the Repos in the cluster say. Every replica does: what is there already is
// not written again.

#include <memory>
#include <string>

#include "apiserver/repository/repository_store.hpp"
#include "kube/client/config.hpp"

namespace causeway::api::repository {

// Thread-safe. In the background until it goes.
class Follower {
 public:
  // `store` outlives it. `listen`: of the probes and metrics of what it runs; "" for none.
  Follower(kube::ClientConfig config, std::string listen, RepositoryStore& store);
  ~Follower();

  // Whether the Repos that there were at the start have been seen.
  base::Result<void> ready() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::repository
