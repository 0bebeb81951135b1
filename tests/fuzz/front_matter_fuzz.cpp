// Any bytes as a README with YAML at its head: what is read keeps the bounds that its rows name, what is wrong has a
// reason, and nothing of the README is lost.

#include "apiserver/render/front_matter.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace causeway::api::render;
using causeway::fuzz::require;

void read(std::string_view yaml) {
  const auto front = read_front_matter(yaml);
  require(front.problems.size() <= 50, "problems are few");
  for (const auto& problem : front.problems) require(!problem.message.empty(), "a problem says what is wrong");
  require(front.card.tags.size() <= 200, "lists are short");
  require(front.card.title.size() <= 4 * 200, "texts are short");
  require(!front.card.app_port || (*front.card.app_port >= 1 && *front.card.app_port <= 65535), "a port is a port");
  require(boost::json::serialize(front.rest).size() <= (8u << 20), "the rest is no bomb");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = causeway::fuzz::text_of(data, size);
  read(text);
  const auto readme = split_readme(text);
  require(text.ends_with(readme.markdown), "the Markdown is the end of the README");
  if (readme.yaml) read(*readme.yaml);
  return 0;
}
