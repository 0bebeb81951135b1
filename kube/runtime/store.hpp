#pragma once
// Objects by key, with indexes and an overlay of what this program has written itself. The type of the objects is
// erased: one compiled copy serves every kind.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "kube/core/resource.hpp"

namespace causeway::kube {

using AnyObject = std::shared_ptr<const void>;

// Versions of one resource type grow with every write; they are numbers (KEP-5504). 0: none or not a number.
std::uint64_t version_number(std::string_view resource_version);

// Thread-safe.
class Store {
 public:
  using IndexFunction = std::function<std::vector<std::string>(const void*)>;
  struct Item {
    AnyObject object;
    std::uint64_t version = 0;
  };
  using Content = std::map<ObjectKey, Item>;  // ordered by namespace: listing one is a range
  struct Change {
    ObjectKey key;
    AnyObject old, now;
  };

  // Before use only.
  void add_index(std::string name, IndexFunction f);

  AnyObject get(const ObjectKey& key) const;
  std::vector<AnyObject> list(std::string_view ns) const;  // empty: all
  // std::out_of_range: there is no such index.
  std::vector<AnyObject> by_index(const std::string& index, const std::string& value) const;
  std::size_t size() const;
  Item item(const ObjectKey& key) const;  // as the server told, without the overlay

  // What the server told. `seen` is the version that the stream has reached; replace swaps everything at once and tells
  // what is different.
  std::vector<Change> replace(Content fresh, std::uint64_t seen);
  AnyObject put(const ObjectKey& key, Item item);             // the one before
  AnyObject erase(const ObjectKey& key, std::uint64_t seen);  // the one before
  void reached(std::uint64_t seen);                           // by a bookmark

  // Shown instead of what the server told until the stream has reached its version.
  void overlay(const ObjectKey& key, Item written);

 private:
  struct ByPointer {
    bool operator()(const ObjectKey* a, const ObjectKey* b) const { return *a < *b; }
  };
  struct Index {
    IndexFunction f;
    std::unordered_map<std::string, std::set<const ObjectKey*, ByPointer>> keys;
  };
  void index(const ObjectKey* key, const void* object);
  void unindex(const ObjectKey* key, const void* object);
  void reached_locked(std::uint64_t seen);

  mutable std::shared_mutex mutex_;
  Content items_;
  std::map<std::string, Index> indexes_;
  Content overlay_;
  std::uint64_t seen_ = 0;
};

}  // namespace causeway::kube
