#pragma once
// RFC 7386 merge patches and the few RFC 6902 operations controllers use.

#include "kube/core/object.hpp"

namespace causeway::kube {

// What turns `from` into `to` as a merge patch; empty when they are equal.
Object merge_patch(const Object& from, const Object& to);
void apply_merge_patch(json::value& target, const json::value& patch);

// JSON Patch bodies that fail with 422 when the list changed meanwhile (test + replace).
json::array add_finalizer_patch(const ObjectMeta& meta, std::string_view finalizer);
json::array remove_finalizer_patch(const ObjectMeta& meta, std::string_view finalizer);

}  // namespace causeway::kube
