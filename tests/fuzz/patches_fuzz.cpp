// Two JSON objects, one behind the other: from, and to.

#include "kube/core/patch.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

// A merge patch cannot say null: it means "remove". (RFC 7386)
bool has_null_member(const boost::json::value& value) {
  const auto* object = value.if_object();
  if (!object) return false;
  for (const auto& [key, member] : *object)
    if (member.is_null() || has_null_member(member)) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace causeway;
  namespace json = boost::json;
  const auto text = fuzz::text_of(data, size);
  json::stream_parser parser;
  boost::system::error_code ec;
  const auto first = parser.write_some(text.data(), text.size(), ec);
  if (ec || !parser.done()) return 0;
  const auto from = parser.release();
  const auto to = json::parse(json::string_view(text.data() + first, text.size() - first), ec);
  if (ec || !from.is_object() || !to.is_object()) return 0;

  auto patched = from;
  kube::apply_merge_patch(patched, to);  // anything is a patch
  const auto patch = kube::merge_patch(from.get_object(), to.get_object());
  fuzz::require(kube::merge_patch(from.get_object(), from.get_object()).empty(), "there is nothing between equals");
  if (has_null_member(to)) return 0;
  patched = from;
  kube::apply_merge_patch(patched, patch);
  fuzz::require(patched == to, "the patch makes one of the other");
  fuzz::require(patch.empty() == (from == to), "and is empty only between equals");
  return 0;
}
