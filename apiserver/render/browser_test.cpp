// What a real browser makes of sanitised HTML. Skipped where there is no Chromium.

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "apiserver/render/document.hpp"
#include "apiserver/render/test_attacks.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/process.hpp"

namespace causeway::api::render {
namespace {

namespace json = boost::json;

// Puts every document into a live page, and writes down what is wrong with it: [index, what].
constexpr std::string_view kScript = R"js(
const found = [];
window.alert = () => found.push([0, "a script ran"]);
const acting = "script style iframe object embed form button svg math template base link meta".split(" ");
const look = (index, root) => {
  for (const element of root.querySelectorAll("*")) {
    if (acting.includes(element.localName)) found.push([index, "<" + element.localName + ">"]);
    for (const {name, value} of element.attributes) {
      if (name.startsWith("on") || name == "style") found.push([index, name]);
      if ((name == "id" || name == "name") && !value.startsWith("user-content-")) found.push([index, name + "=" + value]);
    }
    for (const url of [element.protocol ?? "", element.src ?? "", element.currentSrc ?? ""])
      if (/^(javascript|vbscript|data:text|data:image\/svg)/i.test(url)) found.push([index, url]);
  }
};
documents.forEach((html, index) => {
  const place = document.createElement("div");
  document.body.append(place);
  place.innerHTML = html;
  look(index, place);
  const once = place.innerHTML;
  place.innerHTML = once;
  if (place.innerHTML !== once) found.push([index, "changes when it is parsed again"]);
});
// Handlers of pictures that cannot be loaded come later.
setTimeout(() => {
  const out = document.createElement("pre");
  out.id = "found";
  out.textContent = "FOUND" + btoa(unescape(encodeURIComponent(JSON.stringify(found)))) + "END";
  document.body.append(out);
}, 500);
)js";

std::string in_script(const json::array& documents) {
  std::string text = json::serialize(documents);
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at)) text.replace(at, 1, "\\u003c");
  return text;
}

TEST(Browser, FindsNothingInWhatWasSanitised) {
  const auto chromium = base::find_program("chromium");
  if (!chromium) GTEST_SKIP() << "there is no chromium";

  json::array documents{"<img src=x onerror=alert(1)>"};  // unsanitised: whether an attack would be seen
  for (const auto& attack : test::attacks()) {
    documents.emplace_back(render_html(attack).html);
    documents.emplace_back(render_markdown(attack).html);
  }
  const base::TemporaryDirectory folder("causeway-browser");
  const auto page = (folder.path() / "page.html").string();
  ASSERT_TRUE(base::write_file_atomic(page, "<!doctype html><meta charset=utf-8><body><script>const documents = " +
                                                in_script(documents) + ";" + std::string(kScript) + "</script>"));
  base::ProcessSpec spec;
  spec.argv = {*chromium,
               "--headless",
               "--no-sandbox",
               "--disable-gpu",
               "--user-data-dir=" + (folder.path() / "profile").string(),
               "--virtual-time-budget=5000",
               "--dump-dom",
               "file://" + page};
  spec.err = base::ProcessSpec::Stream::kNull;
  base::RunOptions options;
  options.timeout = std::chrono::seconds(60);
  const auto run = base::run(spec, options);
  if (!run || run->out.empty()) GTEST_SKIP() << "chromium does not start here";

  const auto begin = run->out.rfind("FOUND"), end = run->out.rfind("END");
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end) << run->out.substr(0, 2000);
  const auto found = json::parse(base::base64_decode(run->out.substr(begin + 5, end - begin - 5)).value()).as_array();
  int scripts = 0;
  for (const auto& entry : found) {
    if (entry.at(1) == "a script ran") {
      ++scripts;  // late, so that nobody knows whose it was
    } else if (const auto index = entry.at(0).to_number<std::size_t>(); index > 0) {
      ADD_FAILURE() << entry << " in " << documents.at(index);
    }
  }
  EXPECT_EQ(scripts, 2) << "that of the attack which was left as it is runs, each time it is written, and no other";
}

}  // namespace
}  // namespace causeway::api::render
