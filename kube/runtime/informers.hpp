#pragma once
// A set of informers on one API server, started and stopped together. The Manager has one for its own cluster; a
// program that follows another cluster as well (a region following its hub) makes a second.

#include <memory>
#include <stop_token>
#include <string>
#include <typeindex>

#include "base/metrics.hpp"
#include "kube/runtime/erased_informer.hpp"
#include "kube/runtime/informer.hpp"

namespace causeway::kube {

class Informers {
 public:
  Informers(Client& client, const base::Clock& clock, base::MetricsRegistry& metrics);
  ~Informers();  // stop()

  // One informer per (type, options); asking again for the same gives the same. Before start() only.
  template <Resource T>
  Informer<T>& informer(InformerOptions options = {});
  Informer<Object>& objects(const ResourceType& type, InformerOptions options = {});

  void start();
  void stop();  // joins
  bool synced() const;
  bool wait_synced(std::stop_token stop) const;  // false: stopped first
  std::string describe_unsynced() const;         // for /readyz: which, and the last error of each

 private:
  // The informer of (type, options) for objects of C++ type `t`, made when it is not there.
  ErasedInformer& find_or_make(const ResourceType& type, InformerOptions options, std::type_index t,
                               ErasedInformer::Decode decode);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::kube

#include "kube/runtime/informers_impl.hpp"
