// The first byte chooses list or watch, and where the stream is cut.

#include <boost/json.hpp>
#include <vector>

#include "kube/client/line_splitter.hpp"
#include "kube/client/object_stream.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace causeway;
using kube::ObjectStream;
using kube::ObjectStreamOptions;
namespace json = boost::json;

struct Outcome {
  bool ok = true;
  std::vector<std::string> seen;
  bool operator==(const Outcome&) const = default;
};

constexpr std::size_t kMaxLine = 4096;

// A piece of at most `step` bytes after the other; 0: all at once.
template <class Feed>
void in_pieces(std::string_view text, std::size_t step, Feed feed) {
  while (!text.empty()) {
    const auto piece = text.substr(0, step == 0 ? text.size() : step);
    text.remove_prefix(piece.size());
    if (!feed(piece)) return;
  }
}

Outcome read_document(std::string_view text, ObjectStreamOptions options, std::size_t step) {
  Outcome outcome;
  ObjectStream stream(options, [&](kube::Object object) { outcome.seen.push_back(json::serialize(object)); });
  in_pieces(text, step, [&](std::string_view piece) { return outcome.ok = stream.feed(piece).ok(); });
  outcome.ok = outcome.ok && stream.finish().ok();
  if (outcome.ok) outcome.seen.push_back(stream.type() + stream.resource_version() + stream.continue_token());
  return outcome;
}

Outcome read_watch(std::string_view text, std::size_t step) {
  Outcome outcome;
  kube::LineSplitter lines(kMaxLine);
  in_pieces(text, step, [&](std::string_view piece) {
    const auto more = lines.feed(piece, [&](std::string_view line) {
      fuzz::require(!line.empty() && line.size() <= kMaxLine, "lines have a content, and are not too long");
      auto event = read_document(line, {.shape = ObjectStreamOptions::Shape::kEvent, .managed_fields = true}, 0);
      outcome.seen.insert(outcome.seen.end(), event.seen.begin(), event.seen.end());
      return event.ok;
    });
    fuzz::require(lines.pending() <= kMaxLine, "no more is held than one line");
    outcome.ok = more.ok() && *more;
    return outcome.ok;
  });
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = fuzz::text_of(data + 1, size - 1);
  const std::size_t step = 1 + data[0] % 16;
  if (data[0] & 0x80) {
    fuzz::require(read_watch(text, 0) == read_watch(text, step), "a watch is the same wherever it is cut");
    return 0;
  }
  const ObjectStreamOptions options{.managed_fields = (data[0] & 0x40) != 0};
  const auto whole = read_document(text, options, 0);
  fuzz::require(whole == read_document(text, options, step), "a list is the same wherever it is cut");
  if (!whole.ok) return 0;
  boost::system::error_code ec;
  json::parse_options deep;
  deep.max_depth = 256;
  (void)json::parse(json::string_view(text.data(), text.size()), ec, {}, deep);
  fuzz::require(!ec, "what is accepted is JSON");
  return 0;
}
