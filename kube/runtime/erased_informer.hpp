#pragma once
// What is behind an Informer<T>: the same with the type of the objects erased, so that all of it is compiled once.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/core/error.hpp"
#include "kube/core/object.hpp"
#include "kube/runtime/store.hpp"

namespace causeway::kube {

class ErasedInformer {
 public:
  struct Decoded {
    ObjectKey key;
    std::string resource_version;
    AnyObject object;
  };
  // Make what is kept out of what came. Run on the informer's thread.
  struct Decode {
    std::function<Result<AnyObject>(Object&&)> object;
    // Of an object's JSON; nullopt, or none at all: only `object` can.
    std::function<std::optional<Decoded>(std::string_view)> text{};
  };
  using Handler = std::function<void(const ObjectKey& key, const AnyObject& old, const AnyObject& now)>;

  virtual ~ErasedInformer() = default;
  virtual const ResourceType& type() const = 0;
  virtual bool synced() const = 0;
  virtual Store& store() = 0;
  virtual void add_handler(Handler handler) = 0;
  // False: nobody sees this object through this informer (another namespace).
  virtual bool covers(const ObjectKey& key) const = 0;

  std::shared_ptr<void> typed;  // the Informer<T> in front of this
};

}  // namespace causeway::kube
