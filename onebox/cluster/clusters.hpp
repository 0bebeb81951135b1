#pragma once
// The clusters of an instance, by id.

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "onebox/cluster/cluster.hpp"

namespace causeway::onebox {

struct ClusterWish {
  std::string id, name, region = "local-1";
  bool node = true;
};

// How creating clusters misbehaves, for tests: as clouds do.
struct CreateFaults {
  int slow_milliseconds = 0;  // before anything happens
  std::string refuse;         // the message; empty: no
  std::optional<int> quota;   // at most so many clusters
  bool operator==(const CreateFaults&) const = default;
};
BOOST_DESCRIBE_STRUCT(CreateFaults, (), (slow_milliseconds, refuse, quota))

// Thread-safe.
class Clusters {
 public:
  explicit Clusters(const Instance& instance) : instance_(instance), trash_(instance.layout.trash()) {}

  // Takes up every cluster on record, and removes what belongs to none.
  base::Result<void> restore();

  // Until it is ready. Idempotent; waits together with others who want the same. kInvalidArgument: the wish is wrong or
  // differs from the cluster that has the id.
  base::Result<std::shared_ptr<Cluster>> ensure(const ClusterWish& wish, base::Duration timeout, std::stop_token stop);
  // Until it is gone; ok also when there is none.
  base::Result<void> remove(const std::string& id, base::Duration timeout, std::stop_token stop);
  std::shared_ptr<Cluster> find(std::string_view id) const;
  std::vector<std::shared_ptr<Cluster>> all() const;

  CreateFaults faults() const;
  void set_faults(CreateFaults faults);

 private:
  base::Result<std::shared_ptr<Cluster>> find_or_create(const ClusterWish& wish);

  const Instance& instance_;
  Trash trash_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Cluster>, std::less<>> clusters_;
  CreateFaults faults_;
};

}  // namespace causeway::onebox
