#pragma once
// Templates of kube/core/codec.hpp; include that.

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kube/core/codec.hpp"
#include "kube/core/schema.hpp"

namespace causeway::kube {

namespace codec {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};
template <class T>
inline constexpr bool kFreeForm =
    std::same_as<T, json::value> || std::same_as<T, json::object> || std::same_as<T, json::array>;
template <class T>
inline constexpr bool kUnsupported = false;

// Where decoding failed, put together from the inside out.
struct Failure {
  std::string path, message;
  void inside_member(std::string_view name) { path = "." + std::string(name) + path; }
  void inside_item(std::size_t i) { path = "[" + std::to_string(i) + "]" + path; }
  void inside_key(std::string_view key);  // ".key", or ["a.b/c"] where a dot would mislead
};

// "expected a string, found a number"; false.
bool wrong_type(Failure& failure, std::string_view expected, const json::value& found);
bool read_int(const json::value& value, std::int64_t min, std::int64_t max, std::int64_t& out, Failure& failure);
bool read_double(const json::value& value, double& out, Failure& failure);
bool unknown_enumerator(Failure& failure, std::string_view found, const std::vector<std::string_view>& accepted);
Error decode_error(const Failure& failure);

template <class E>
std::string_view enum_name(E value) {
  std::string_view name;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (d.value == value) name = d.name;
  });
  return name;
}

template <class E>
std::vector<std::string_view> enum_names() {
  std::vector<std::string_view> names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) { names.push_back(d.name); });
  return names;
}

template <class T>
bool decode_into(T& out, const json::value& in, Failure& failure);

template <Described T>
bool decode_members(T& out, const json::value& in, Failure& failure) {
  const json::object* object = in.if_object();
  if (!object) return wrong_type(failure, "an object", in);
  bool ok = true;
  for_each_field<T>([&](auto descriptor, const Row& row, std::string_view name) {
    if (!ok) return;
    const json::value* member = object->if_contains(name);
    if (!member || member->is_null()) return;  // null is absent, as in Kubernetes
    if constexpr (std::same_as<std::remove_cvref_t<decltype(out.*descriptor.pointer)>, std::string>) {
      // `cpu: 2` is as good a quantity as `cpu: "2"`.
      if (row.format == "quantity" && member->is_int64()) {
        out.*descriptor.pointer = std::to_string(member->get_int64());
        return;
      }
    }
    if (!decode_into(out.*descriptor.pointer, *member, failure)) {
      failure.inside_member(name);
      ok = false;
    }
  });
  return ok;
}

template <class T>
bool decode_into(T& out, const json::value& in, Failure& failure) {
  if constexpr (std::same_as<T, std::string>) {
    const json::string* text = in.if_string();
    if (!text) return wrong_type(failure, "a string", in);
    out.assign(text->data(), text->size());
    return true;
  } else if constexpr (std::same_as<T, bool>) {
    const bool* flag = in.if_bool();
    if (!flag) return wrong_type(failure, "true or false", in);
    out = *flag;
    return true;
  } else if constexpr (std::integral<T>) {
    std::int64_t number = 0;
    constexpr auto kMax = std::cmp_less(std::numeric_limits<T>::max(), std::numeric_limits<std::int64_t>::max())
                              ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                              : std::numeric_limits<std::int64_t>::max();
    if (!read_int(in, static_cast<std::int64_t>(std::numeric_limits<T>::min()), kMax, number, failure)) return false;
    out = static_cast<T>(number);
    return true;
  } else if constexpr (std::same_as<T, double>) {
    return read_double(in, out, failure);
  } else if constexpr (std::is_enum_v<T>) {
    const json::string* text = in.if_string();
    if (!text) return wrong_type(failure, "a string", in);
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto d) {
      if (std::string_view(d.name) == std::string_view(*text)) {
        out = d.value;
        found = true;
      }
    });
    return found || unknown_enumerator(failure, *text, enum_names<T>());
  } else if constexpr (std::same_as<T, json::value>) {
    out = in;
    return true;
  } else if constexpr (std::same_as<T, json::object>) {
    if (!in.is_object()) return wrong_type(failure, "an object", in);
    out = in.get_object();
    return true;
  } else if constexpr (std::same_as<T, json::array>) {
    if (!in.is_array()) return wrong_type(failure, "a list", in);
    out = in.get_array();
    return true;
  } else if constexpr (IsOptional<T>::value) {
    return decode_into(out.emplace(), in, failure);
  } else if constexpr (IsVector<T>::value) {
    const json::array* array = in.if_array();
    if (!array) return wrong_type(failure, "a list", in);
    out.clear();
    out.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
      typename T::value_type item{};
      if (!decode_into(item, (*array)[i], failure)) {
        failure.inside_item(i);
        return false;
      }
      out.push_back(std::move(item));
    }
    return true;
  } else if constexpr (IsMap<T>::value) {
    const json::object* object = in.if_object();
    if (!object) return wrong_type(failure, "an object", in);
    out.clear();
    for (const auto& [key, value] : *object) {
      if (!decode_into(out[std::string(key)], value, failure)) {
        failure.inside_key(key);
        return false;
      }
    }
    return true;
  } else if constexpr (Described<T>) {
    return decode_members(out, in, failure);
  } else {
    static_assert(kUnsupported<T>, "no JSON mapping for this type; describe it with BOOST_DESCRIBE_STRUCT");
  }
}

template <class T>
json::value encode_value(const T& in);

template <Described T>
json::object encode_members(const T& in) {
  static const T kDefault{};
  json::object object;
  for_each_field<T>([&](auto descriptor, const Row& row, std::string_view name) {
    const auto& member = in.*descriptor.pointer;
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (IsOptional<Member>::value) {
      if (member) object.emplace(name, encode_value(*member));
    } else {
      if (row.required || row.always || !(member == kDefault.*descriptor.pointer)) {
        object.emplace(name, encode_value(member));
      }
    }
  });
  return object;
}

template <class T>
json::value encode_value(const T& in) {
  if constexpr (std::same_as<T, std::string>) {
    return json::value(json::string(in));
  } else if constexpr (std::same_as<T, bool> || std::integral<T> || std::same_as<T, double>) {
    return json::value(in);
  } else if constexpr (std::is_enum_v<T>) {
    return json::value(json::string(enum_name(in)));
  } else if constexpr (kFreeForm<T>) {
    return json::value(in);
  } else if constexpr (IsOptional<T>::value) {
    return in ? encode_value(*in) : json::value(nullptr);
  } else if constexpr (IsVector<T>::value) {
    json::array array;
    array.reserve(in.size());
    for (const auto& item : in) array.push_back(encode_value<typename T::value_type>(item));
    return array;
  } else if constexpr (IsMap<T>::value) {
    json::object object;
    for (const auto& [key, value] : in) object.emplace(key, encode_value(value));
    return object;
  } else if constexpr (Described<T>) {
    return encode_members(in);
  } else {
    static_assert(kUnsupported<T>, "no JSON mapping for this type; describe it with BOOST_DESCRIBE_STRUCT");
  }
}

}  // namespace codec

template <class T>
json::value to_json(const T& value) {
  return codec::encode_value(value);
}

template <class T>
Result<T> from_json(const json::value& value) {
  T out{};
  codec::Failure failure;
  if (!codec::decode_into(out, value, failure)) return codec::decode_error(failure);
  return out;
}

template <Resource T>
Object encode(const T& object) {
  const ResourceType& type = T::kResource;
  Object out;
  out.emplace("apiVersion", type.api_version());
  out.emplace("kind", type.kind);
  json::object members = codec::encode_members(object);
  for (auto& member : members) out.insert_or_assign(member.key(), std::move(member.value()));
  return out;
}

}  // namespace causeway::kube
