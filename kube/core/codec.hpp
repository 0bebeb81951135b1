#pragma once
// JSON <-> C++ structs described with Boost.Describe.
//
// JSON names are the members' names in camelCase (`resource_version` → `resourceVersion`, a trailing `_` is dropped);
// a field row (kube/core/schema.hpp) may name it otherwise (`podCIDR`). Mapping:
//   std::optional absent, and members equal to a default-constructed value, are left out, unless the row is `required`
//   or `always`;
//   enums are their enumerators' names; vectors arrays; std::map<std::string, T> objects; json::value free-form.
// Decoding ignores unknown members (an API server may be newer) and tells the path of a member of a wrong type.

#include <string>

#include "kube/core/error.hpp"
#include "kube/core/object.hpp"

namespace causeway::kube {

// A kind with a C++ type: `static constexpr ResourceType kResource`, `ObjectMeta metadata`, spec, status.
template <class T>
concept Resource = requires(const T& t) {
  { T::kResource } -> std::convertible_to<const ResourceType&>;
  { t.metadata } -> std::convertible_to<const ObjectMeta&>;
};

template <class T>
json::value to_json(const T& value);

template <class T>
Result<T> from_json(const json::value& value);  // Error::local with the path, e.g. "spec.placement.regions[2]: …"

// The same out of text, without a json::value on the way. True: `out` (default-constructed) is what from_json would
// make of the parsed text; members that nobody describes (managedFields) are passed over unread. False: something is
// wrong, or so rare that it is left to parsing and from_json, which tells; `out` is of no use then. Defined in
// codec_text.hpp.
template <class T>
bool from_text(std::string_view text, T& out);

// A whole object, with apiVersion and kind.
template <Resource T>
Object encode(const T& object);
template <Resource T>
Result<T> decode(const json::value& object) {
  return from_json<T>(object);
}

}  // namespace causeway::kube

#include "kube/core/codec_impl.hpp"
