#include "kube/runtime/finalizer.hpp"

#include <algorithm>

#include "kube/core/patch.hpp"

namespace causeway::kube {

namespace {

// Somebody else may change the list between our read and our patch, but hardly three times.
constexpr int kAttempts = 3;

bool has(const ObjectMeta& meta, std::string_view finalizer) {
  return std::find(meta.finalizers.begin(), meta.finalizers.end(), finalizer) != meta.finalizers.end();
}

// The same object as it is now: finalizers only, which is all the patches look at.
Result<ObjectMeta> read_again(Client& client, const ResourceType& type, const ObjectMeta& meta) {
  auto object = client.get(type, meta.namespace_, meta.name);
  if (!object) return object.error();
  ObjectMeta now = meta;
  now.uid = uid_of(*object);
  now.resource_version = resource_version_of(*object);
  now.finalizers.clear();
  if (const auto* list = array_at(*object, "metadata.finalizers"))
    for (const auto& f : *list)
      if (f.is_string()) now.finalizers.emplace_back(f.get_string());
  now.deletion_timestamp.reset();
  if (deleting(*object)) now.deletion_timestamp = std::string(string_at(*object, "metadata.deletionTimestamp"));
  return now;
}

Error gone(const ResourceType& type, const ObjectMeta& meta) {
  Error error;
  error.code = 404;
  error.reason = "NotFound";
  error.message = std::string(type.kind) + " " + meta.key().to_string() + " is gone; another of its name is there";
  return error;
}

}  // namespace

Result<bool> ensure_finalizer(Client& client, const ResourceType& type, const ObjectMeta& meta,
                              std::string_view finalizer) {
  ObjectMeta now = meta;
  for (int attempt = 1;; ++attempt) {
    // The API server refuses new finalizers on what is being deleted.
    if (has(now, finalizer) || now.deleting()) return false;
    auto written = client.patch(type, now.namespace_, now.name, PatchType::kJson, add_finalizer_patch(now, finalizer));
    if (written) return true;
    if (!written.error().invalid() || attempt == kAttempts) return written.error();
    auto again = read_again(client, type, now);
    if (!again) return again.error();
    if (again->uid != meta.uid) return gone(type, meta);
    now = std::move(*again);
  }
}

Result<void> remove_finalizer(Client& client, const ResourceType& type, const ObjectMeta& meta,
                              std::string_view finalizer) {
  ObjectMeta now = meta;
  for (int attempt = 1;; ++attempt) {
    if (!has(now, finalizer)) return {};
    auto written =
        client.patch(type, now.namespace_, now.name, PatchType::kJson, remove_finalizer_patch(now, finalizer));
    if (written || written.error().not_found()) return {};
    if (!written.error().invalid() || attempt == kAttempts) return written.error();
    auto again = read_again(client, type, now);
    if (!again) {
      if (again.error().not_found()) return {};
      return again.error();
    }
    if (again->uid != meta.uid) return {};
    now = std::move(*again);
  }
}

}  // namespace causeway::kube
