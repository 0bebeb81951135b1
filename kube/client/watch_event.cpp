#include "kube/client/watch_event.hpp"

#include "kube/client/client_impl.hpp"
#include "kube/client/object_stream.hpp"

namespace causeway::kube {

namespace {

constexpr std::string_view kBeforeType = R"({"type":")", kBeforeObject = R"(","object":)", kEnd = "}";

std::optional<WatchEvent::Type> type_named(std::string_view name) {
  if (name == "ADDED") return WatchEvent::Type::kAdded;
  if (name == "MODIFIED") return WatchEvent::Type::kModified;
  if (name == "DELETED") return WatchEvent::Type::kDeleted;
  if (name == "BOOKMARK") return WatchEvent::Type::kBookmark;
  return std::nullopt;
}

}  // namespace

Result<WatchEvent> parse_watch_event(std::string_view line, const ResourceType& type, bool managed_fields) {
  std::optional<Object> object;
  ObjectStream stream({.shape = ObjectStreamOptions::Shape::kEvent, .managed_fields = managed_fields},
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
  const auto known = type_named(name);
  if (!known) return broken(("of unknown type \"" + name + "\"").c_str());
  WatchEvent event{.type = *known, .object = std::move(*object)};
  restore_type(event.object, type);
  return event;
}

std::optional<WatchEventText> split_watch_event(std::string_view line) {
  if (!line.starts_with(kBeforeType) || !line.ends_with(kEnd)) return std::nullopt;
  line.remove_prefix(kBeforeType.size());
  line.remove_suffix(kEnd.size());
  const auto type = type_named(line.substr(0, line.find('"')));
  if (!type) return std::nullopt;
  line.remove_prefix(line.find('"'));
  if (!line.starts_with(kBeforeObject)) return std::nullopt;
  return WatchEventText{*type, line.substr(kBeforeObject.size())};
}

}  // namespace causeway::kube
