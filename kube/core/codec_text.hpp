#pragma once
// Described structs straight out of JSON text, without a json::value on the way: what an informer does with every
// object that arrives. Templates of from_text (codec.hpp); for the file that instantiates it.

#include "kube/core/codec.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::kube {

namespace codec {

inline constexpr std::size_t kMaxTextDepth = 256;  // as everywhere in kube/client

// Through the parser proper: free-form members, doubles.
template <class T>
bool read_parsed(TextCursor& in, T& out) {
  std::string_view text;
  if (!in.skip(&text)) return false;
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = kMaxTextDepth;
  const json::value value = json::parse(text, ec, {}, options);
  if (ec) return false;
  Failure ignored;
  return decode_into(out, value, ignored);
}

template <class T>
bool read_text(TextCursor& in, T& out);

template <Described T>
bool read_members(TextCursor& in, T& out) {
  static_assert(FieldsOf<T>::kCount <= 64);
  std::uint64_t seen = 0;
  if (!in.take('{')) return false;
  if (in.take('}')) return true;
  do {
    std::string_view key;
    if (!in.string(key) || !in.take(':')) return false;
    bool known = false, ok = true;
    std::uint64_t bit = 1;
    for_each_field<T>([&](auto descriptor, const Row& row, std::string_view name) {
      const auto own = std::exchange(bit, bit << 1);
      if (known || key != name) return;
      known = true;
      // Which of two members of one name counts is the parser's business.
      if (seen & own) {
        ok = false;
        return;
      }
      seen |= own;
      if (in.peek() == 'n') {
        ok = in.take_word("null");
        return;
      }
      auto& member = out.*descriptor.pointer;
      if constexpr (std::same_as<std::remove_cvref_t<decltype(member)>, std::string>) {
        if (row.format == "quantity" && in.peek() != '"') {
          std::int64_t number = 0;
          ok = in.integer(number);
          member = std::to_string(number);
          return;
        }
      }
      ok = read_text(in, member);
    });
    if (!known) ok = in.skip();
    if (!ok) return false;
  } while (in.take(','));
  return in.take('}');
}

template <class T>
bool read_text(TextCursor& in, T& out) {
  if constexpr (std::same_as<T, std::string>) {
    std::string_view text;
    if (!in.string(text)) return false;
    out = std::string(text);  // not assign(): that takes more memory than the text needs
    return true;
  } else if constexpr (std::same_as<T, bool>) {
    out = in.peek() == 't';
    return in.take_word(out ? "true" : "false");
  } else if constexpr (std::integral<T>) {
    std::int64_t number = 0;
    if (!in.integer(number) || !std::in_range<T>(number)) return false;
    out = static_cast<T>(number);
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    std::string_view text;
    if (!in.string(text)) return false;
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto d) {
      if (std::string_view(d.name) != text) return;
      out = d.value;
      found = true;
    });
    return found;
  } else if constexpr (IsOptional<T>::value) {
    return read_text(in, out.emplace());
  } else if constexpr (IsVector<T>::value) {
    out.clear();
    if (!in.take('[')) return false;
    if (in.take(']')) return true;
    do {
      if (!read_text(in, out.emplace_back())) return false;
    } while (in.take(','));
    out.shrink_to_fit();
    return in.take(']');
  } else if constexpr (IsMap<T>::value) {
    out.clear();
    if (!in.take('{')) return false;
    if (in.take('}')) return true;
    do {
      std::string_view key;
      if (!in.string(key)) return false;
      const auto [place, fresh] = out.try_emplace(std::string(key));
      if (!fresh || !in.take(':') || !read_text(in, place->second)) return false;
    } while (in.take(','));
    return in.take('}');
  } else if constexpr (Described<T>) {
    return read_members(in, out);
  } else {
    return read_parsed(in, out);
  }
}

}  // namespace codec

template <class T>
bool from_text(std::string_view text, T& out) {
  if (!codec::valid_utf8(text)) return false;
  codec::TextCursor in(text);
  return codec::read_text(in, out) && in.at_end();
}

}  // namespace causeway::kube
