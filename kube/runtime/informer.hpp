#pragma once
// A live, indexed copy of one resource type: list, then watch, for ever (driven by the machine in reflector.hpp).

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "kube/client/client.hpp"

namespace causeway::kube {

struct InformerOptions {
  std::string ns{};  // empty: all namespaces
  std::string label_selector{}, field_selector{};
  // Only apiVersion, kind and metadata are asked for and kept; everything else of a T is as default-constructed.
  // (controller-runtime's metadata-only caches: 289 → 46 MB for 100 MB of Secrets, cert-manager#7161)
  bool metadata_only = false;
  // Runs on every object before it is kept; managedFields are always dropped before it.
  std::function<void(Object&)> transform{};
};

// Thread-safe. Objects handed out are immutable and shared; they may be a moment older than the server's.
// T is Object (dynamic), or a kind with a C++ type. An object that does not decode is logged and counted; if an earlier
// version of it did, that one stays (taking it for deleted would tear down what belongs to it), else it is left out.
template <class T>
class Informer {
 public:
  using Pointer = std::shared_ptr<const T>;
  // old or now is null for created and deleted objects. Called in order, from the informer's thread: must not block.
  using Handler = std::function<void(const ObjectKey& key, const Pointer& old, const Pointer& now)>;
  using IndexFunction = std::function<std::vector<std::string>(const T&)>;

  virtual ~Informer() = default;
  virtual const ResourceType& type() const = 0;
  virtual bool synced() const = 0;                      // the first list is in
  virtual Pointer get(const ObjectKey& key) const = 0;  // null: not there
  virtual std::vector<Pointer> list(std::string_view ns = {}) const = 0;
  virtual std::vector<Pointer> by_index(const std::string& index, const std::string& value) const = 0;
  virtual std::size_t size() const = 0;
  // Before start only.
  virtual void add_index(std::string name, IndexFunction f) = 0;
  virtual void add_handler(Handler handler) = 0;
  // Read your writes: an object just written, shown until the watch has caught up with it.
  virtual void observe_write(const T& written) = 0;
};

}  // namespace causeway::kube
