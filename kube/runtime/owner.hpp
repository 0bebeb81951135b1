#pragma once
// What a controller makes belongs to the object it makes it for: the reference, and the way back.
// (metav1.NewControllerRef, controller-runtime's EnqueueRequestForOwner)

#include <vector>

#include "kube/core/object.hpp"

namespace causeway::kube {

// Writes `owner` into metadata.ownerReferences as the controlling one, beside others that are there; the garbage
// collector deletes `object` after it. Both must be in one namespace, or the owner in none.
void set_controller(Object& object, const ResourceType& type, const ObjectMeta& owner);

// The object of this kind, of whatever version, that controls `object`: none or one. For Controller::watch.
std::vector<ObjectKey> controlling_owner(const Object& object, const ResourceType& type);

}  // namespace causeway::kube
