#include "kube/client/client_impl.hpp"
#include "kube/client/line_splitter.hpp"
#include "kube/client/watch_event.hpp"

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

}  // namespace

Result<void> Client::watch(const ResourceType& type, std::string_view ns, const WatchOptions& options,
                           const std::function<bool(WatchEvent)>& on_event) {
  return watch_lines(type, ns, options, [&](std::string_view line) -> Result<bool> {
    auto event = parse_watch_event(line, type, options.managed_fields);
    if (!event) return event.error();
    return on_event(std::move(*event));
  });
}

Result<void> Client::watch_lines(const ResourceType& type, std::string_view ns, const WatchOptions& options,
                                 const std::function<Result<bool>(std::string_view)>& on_line) {
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
          auto go_on = on_line(line);
          if (!go_on) {
            failed = go_on.error();
            return false;
          }
          ended_by_caller = !*go_on;
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
