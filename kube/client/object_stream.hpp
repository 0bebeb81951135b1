#pragma once
// Objects out of JSON that is still arriving: the items of a list, or the object of a watch event. Each object is
// parsed once, straight into the value that is kept; metadata.managedFields (often half of an object) may be left out
// on the way.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "kube/core/object.hpp"

namespace causeway::kube {

struct ObjectStreamOptions {
  enum class Shape {
    kList,   // {"metadata":{…},"items":[{…},…]}
    kEvent,  // {"type":"ADDED","object":{…}}
  };
  Shape shape = Shape::kList;
  bool managed_fields = true;
};

// One document. Not thread-safe.
class ObjectStream {
 public:
  using OnObject = std::function<void(Object)>;

  ObjectStream(ObjectStreamOptions options, OnObject on_object);
  ~ObjectStream();

  // kProtocol: this is not JSON, or not of the shape.
  base::Result<void> feed(std::string_view piece);
  base::Result<void> finish();  // the document must be complete

  // What stands outside the objects; complete after finish().
  const std::string& type() const;              // of an event
  const std::string& resource_version() const;  // of a list
  const std::string& continue_token() const;    // of a list

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::kube
