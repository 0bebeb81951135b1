#pragma once
// The Kubernetes API, blocking. Retries by the rules of client-go: 429 and 5xx with Retry-After, at most 10 times, and
// connections that never were; anything else is the caller's to decide. Thread-safe.

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "kube/client/config.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/error.hpp"
#include "kube/core/object.hpp"
#include "kube/core/resource.hpp"

namespace causeway::kube {

struct ListOptions {
  std::string label_selector{}, field_selector{};
  std::string resource_version{};        // "" = most recent, "0" = whatever the server has cached
  std::string resource_version_match{};  // "", "Exact", "NotOlderThan"
  int limit = 0;                         // 0 = all
  std::string continue_{};
  std::stop_token stop{};  // of this call, beside the client's
  // The server sends apiVersion, kind and metadata of each object and leaves out the rest (PartialObjectMetadata,
  // KEP-2334): for caches of what is large but of which only names, labels or owners matter.
  bool metadata_only = false;
  std::size_t max_item_bytes = 64u << 20;  // of list_each: a longer item is an error
};

struct ListPage {
  std::vector<Object> items;  // apiVersion and kind filled in
  std::string resource_version, continue_;
};

struct WriteOptions {
  std::string field_manager = "causeway";
  bool force = false;  // server-side apply: take over conflicting fields
  bool dry_run = false;
  bool strict = false;        // fieldValidation=Strict: unknown and duplicate fields are errors
  std::string subresource{};  // "status", "scale", …
};

enum class PatchType { kMerge, kJson, kStrategicMerge };

struct DeleteOptions {
  std::optional<std::string> uid{}, resource_version{};  // preconditions
  std::string propagation = "Background";                // Foreground, Orphan
  std::optional<int> grace_seconds{};
  bool dry_run = false;
};

struct WatchOptions {
  std::string label_selector{}, field_selector{}, resource_version{};
  bool bookmarks = true;
  bool send_initial_events = false;                  // WatchList; with resourceVersionMatch=NotOlderThan
  base::Duration timeout = std::chrono::minutes(7);  // timeoutSeconds: the server ends the watch then
  std::stop_token stop{};
  bool managed_fields = true;  // false: left out of the objects
  // Silence for longer than timeout + grace is an error: a server that is alive would have ended the watch. (kube-rs)
  base::Duration grace = std::chrono::seconds(5);
  std::size_t max_event_bytes = 64u << 20;  // a longer line is an error
  bool metadata_only = false;               // as in ListOptions
};

struct WatchEvent {
  enum class Type { kAdded, kModified, kDeleted, kBookmark };
  Type type;
  Object object;
};

struct LogOptions {
  std::string container{};
  std::optional<int> tail_lines{};
  bool previous = false, timestamps = false;
  std::size_t limit_bytes = 1u << 20;  // the last this many are returned
};

// A resource type as the server tells of it.
struct ServedType {
  std::string group{}, version{}, kind{}, plural{};
  bool namespaced = true;
  std::vector<std::string> verbs{}, subresources{};
  ResourceType type() const;  // views of this object, which must live as long
};

class Client {
 public:
  explicit Client(ClientConfig config);
  ~Client();
  const ClientConfig& config() const;

  // Every call ends soon after this token is triggered. Set before use; default: never.
  void set_stop(std::stop_token stop);

  Result<Object> get(const ResourceType& type, std::string_view ns, std::string_view name);
  Result<ListPage> list(const ResourceType& type, std::string_view ns, const ListOptions& options = {});
  // One page, item by item as it arrives: nothing but the item at hand is held. metadata.managedFields are left out.
  // Never retried (on_item may have run already). Returns the page's resource_version and continue_, without items.
  Result<ListPage> list_each(const ResourceType& type, std::string_view ns, const ListOptions& options,
                             const std::function<void(Object)>& on_item);
  Result<Object> create(const ResourceType& type, const Object& object, const WriteOptions& options = {});
  Result<Object> update(const ResourceType& type, const Object& object, const WriteOptions& options = {});
  Result<Object> patch(const ResourceType& type, std::string_view ns, std::string_view name, PatchType patch_type,
                       const json::value& body, const WriteOptions& options = {});
  // Server-side apply of exactly the fields in `object`.
  Result<Object> apply(const ResourceType& type, const Object& object, const WriteOptions& options);
  // ok also when it was not there. The object, or its Status, is dropped.
  Result<void> remove(const ResourceType& type, std::string_view ns, std::string_view name,
                      const DeleteOptions& options = {});
  Result<void> remove_all(const ResourceType& type, std::string_view ns, const ListOptions& which);
  // Returns when the server ends the watch (ok), on stop (ok), or on an error (an ERROR event: its Status).
  // `on_event` returns false to end it.
  Result<void> watch(const ResourceType& type, std::string_view ns, const WatchOptions& options,
                     const std::function<bool(WatchEvent)>& on_event);
  // The same, each event as the line that came (watch_event.hpp). An error of on_line ends it and is returned.
  Result<void> watch_lines(const ResourceType& type, std::string_view ns, const WatchOptions& options,
                           const std::function<Result<bool>(std::string_view line)>& on_line);
  Result<std::string> logs(std::string_view ns, std::string_view pod, const LogOptions& options = {});
  struct Token {
    std::string token;
    std::string expires_at;  // RFC 3339
  };
  // TokenRequest; bound to a Secret {name, uid} when given, so that deleting it revokes the token.
  struct BoundSecret {
    std::string name, uid;
  };
  Result<Token> create_token(std::string_view ns, std::string_view service_account, base::Duration life,
                             std::optional<BoundSecret> bound = {});
  Result<json::value> version();  // GET /version
  // Discovery and REST mapping: what is served under "v1" or "apps/v1", and the kind of that name there (404 with the
  // names that there are).
  Result<std::vector<ServedType>> served_types(std::string_view api_version);
  Result<ServedType> served_type(std::string_view api_version, std::string_view kind);
  // Anything else; the response is checked for an error Status.
  Result<base::HttpResponse> raw(base::HttpRequest request, base::Duration timeout = std::chrono::seconds(30));

  // Typed sugar over the above.
  template <Resource T>
  Result<T> get(std::string_view ns, std::string_view name) {
    auto r = get(T::kResource, ns, name);
    if (!r) return r.error();
    return decode<T>(*r);
  }
  template <Resource T>
  Result<std::vector<T>> list(std::string_view ns, const ListOptions& options = {}) {
    auto page = list(T::kResource, ns, options);
    if (!page) return page.error();
    std::vector<T> out;
    for (auto& item : page->items) {
      auto t = decode<T>(item);
      if (!t) return t.error();
      out.push_back(std::move(*t));
    }
    return out;
  }
  // The status subresource as a merge patch of what changed against `before`; ok without a call when nothing did.
  // Guarded by before's resourceVersion when `guarded`.
  template <Resource T>
  Result<void> patch_status(const T& before, const T& after, bool guarded = false) {
    return patch_status_json(T::kResource, encode(before), encode(after), guarded);
  }

 private:
  Result<void> patch_status_json(const ResourceType& type, const Object& before, const Object& after, bool guarded);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::kube
