#include <string>

#include "kube/client/client_impl.hpp"
#include "kube/core/codec_text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

enum class Colour { Red, Green };
BOOST_DESCRIBE_ENUM(Colour, Red, Green)

// A member of every sort that the codec knows.
struct Part {
  std::string name;
  std::int64_t count = 0;
  std::optional<int> limit;
  std::vector<std::string> tags;
  std::map<std::string, double> weights;
  Colour colour = Colour::Red;
  bool on = true;
  boost::json::value free;
  bool operator==(const Part&) const = default;
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, count, limit, tags, weights, colour, on, free))

struct Whole {
  static constexpr causeway::kube::ResourceType kResource{"example.org", "v1", "Whole", "wholes"};
  causeway::kube::ObjectMeta metadata;
  std::vector<Part> parts;
  causeway::kube::Conditions conditions;
};
BOOST_DESCRIBE_STRUCT(Whole, (), (metadata, parts, conditions))

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace causeway;
  const std::string text(fuzz::text_of(data, size));
  const auto error = kube::Error::from_response({.status = 500, .headers = {}, .body = text});
  fuzz::require(!error.message.empty() && error.code == 500, "an error has a message and a code");

  auto value = kube::parse_body(text);
  if (!value) {
    fuzz::require(!value.error().message.empty(), "what is refused is explained");
    return 0;
  }
  if (const auto* object = value->if_object()) {
    (void)kube::key_of(*object);
    (void)kube::conditions_of(*object);
    (void)kube::Error::from_status(*object);
    (void)kube::secret_value(*object, "a");
  }
  const auto decoded = kube::decode<Whole>(*value);
  if (Whole direct; kube::from_text(text, direct)) {
    fuzz::require(decoded.ok(), "what is read straight out of text can be decoded");
    fuzz::require(kube::encode(direct) == kube::encode(*decoded), "and is the same");
  }
  if (!decoded) {
    fuzz::require(!decoded.error().message.empty(), "what does not fit is explained");
    return 0;
  }
  const auto encoded = kube::encode(*decoded);
  const auto again = kube::decode<Whole>(encoded);
  fuzz::require(again.ok(), "what was encoded can be decoded");
  fuzz::require(kube::encode(*again) == encoded, "decoding and encoding change nothing");
  return 0;
}
