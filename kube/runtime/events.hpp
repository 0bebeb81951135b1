#pragma once
// Kubernetes events about objects, aggregated and rate-limited as client-go does. Never blocks, never fails: an event
// that cannot be written is dropped and counted.

#include <memory>
#include <string>

#include "kube/client/client.hpp"
#include "kube/core/meta.hpp"

namespace causeway::kube {

class EventRecorder {
 public:
  // Of `client` only its configuration is used: events have a connection of their own.
  EventRecorder(Client& client, std::string component, const base::Clock& clock);
  ~EventRecorder();  // tries to write what is queued, 1 s at most

  void normal(const ResourceType& type, const ObjectMeta& about, std::string_view reason, std::string_view message);
  void warning(const ResourceType& type, const ObjectMeta& about, std::string_view reason, std::string_view message);
  std::size_t dropped() const;  // over the limits, or not written

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::kube
