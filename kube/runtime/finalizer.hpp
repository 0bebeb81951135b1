#pragma once
// Finalizers: added before anything is made, removed after everything is gone. Both as JSON patches with a test, so
// that another writer's finalizer is never lost.

#include "kube/client/client.hpp"

namespace causeway::kube {

// True: it was added just now (the watch will bring the object back).
Result<bool> ensure_finalizer(Client& client, const ResourceType& type, const ObjectMeta& meta,
                              std::string_view finalizer);
// ok when it, or the object, is gone already.
Result<void> remove_finalizer(Client& client, const ResourceType& type, const ObjectMeta& meta,
                              std::string_view finalizer);

}  // namespace causeway::kube
