#pragma once
// Lines of a watch: {"type":"ADDED","object":{…}}.

#include <optional>
#include <string_view>

#include "kube/client/client.hpp"

namespace causeway::kube {

// An ERROR event is the error its Status tells; kProtocol: this is not an event.
Result<WatchEvent> parse_watch_event(std::string_view line, const ResourceType& type, bool managed_fields);

// An event taken apart, not parsed: the object's text is a part of the line and may be anything.
struct WatchEventText {
  WatchEvent::Type type;
  std::string_view object;
};
// nullopt: another kind of event, or written in another way than API servers do; for parse_watch_event.
std::optional<WatchEventText> split_watch_event(std::string_view line);

}  // namespace causeway::kube
