#include "kube/client/client_impl.hpp"
#include "kube/client/line_splitter.hpp"
#include "kube/client/object_stream.hpp"

namespace causeway::kube {

namespace {

Query watch_query(const WatchOptions& options) {
  Query query;
  query.add("watch", "true");
  query.add("labelSelector", options.label_selector).add("fieldSelector", options.field_selector);
  query.add("resourceVersion", options.resource_version);
  if (options.bookmarks) query.add("allowWatchBookmarks", "true");
  if (options.send_initial_events) query.add("sendInitialEvents", "true").add("resourceVersionMatch", "NotOlderThan");
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.timeout).count();
  query.add("timeoutSeconds", std::to_string(std::max<std::int64_t>(seconds, 1)));
  return query;
}

// One line of the stream. An ERROR event is the error its Status tells.
Result<WatchEvent> parse_event(std::string_view line, const ResourceType& type, const WatchOptions& options) {
  std::optional<Object> object;
  ObjectStream stream({.shape = ObjectStreamOptions::Shape::kEvent, .managed_fields = options.managed_fields},
                      [&](Object o) { object = std::move(o); });
  auto parsed = stream.feed(line);
  if (parsed) parsed = stream.finish();
  if (!parsed) return Error::from_transport(parsed.error());
  const auto broken = [](const char* what) {
    return Error::from_transport({base::ErrorCode::kProtocol, std::string("watch event ") + what});
  };
  if (!object) return broken("without an object");
  const auto& name = stream.type();
  if (name == "ERROR") return Error::from_status(*object);
  WatchEvent event{.type = WatchEvent::Type::kAdded, .object = std::move(*object)};
  if (name == "MODIFIED") {
    event.type = WatchEvent::Type::kModified;
  } else if (name == "DELETED") {
    event.type = WatchEvent::Type::kDeleted;
  } else if (name == "BOOKMARK") {
    event.type = WatchEvent::Type::kBookmark;
  } else if (name != "ADDED") {
    return broken(("of unknown type \"" + name + "\"").c_str());
  }
  if (options.metadata_only) restore_type(event.object, type);
  fill_type(event.object, type);
  return event;
}

}  // namespace

Result<void> Client::watch(const ResourceType& type, std::string_view ns, const WatchOptions& options,
                           const std::function<bool(WatchEvent)>& on_event) {
  auto request = json_request("GET", watch_query(options).apply_to(type.path(ns)), nullptr);
  if (options.metadata_only) accept_metadata_only(request, "PartialObjectMetadata");
  LineSplitter lines(options.max_event_bytes);
  std::optional<Error> failed;
  bool ended_by_caller = false;
  auto done = impl_->transport.stream(
      std::move(request),
      {.head_timeout = impl_->config.timeout, .idle_timeout = options.timeout + options.grace, .stop = options.stop},
      [&](std::string_view piece) {
        auto more = lines.feed(piece, [&](std::string_view line) {
          auto event = parse_event(line, type, options);
          if (!event) {
            failed = event.error();
            return false;
          }
          ended_by_caller = !on_event(std::move(*event));
          return !ended_by_caller;
        });
        if (!more) failed = Error::from_transport(more.error());
        return more.ok() && *more;
      });
  if (failed) return *failed;
  if (!done && done.error().cancelled()) return {};
  if (done && !ended_by_caller && lines.pending() > 0)
    return Error::from_transport({base::ErrorCode::kProtocol, "the watch ended in the middle of an event"});
  return done;
}

}  // namespace causeway::kube
