#pragma once
// HTML of others as HTML that is safe inside of a page.
//
// It is parsed as browsers parse it, and written anew from the tree: only what allow_list.hpp names, every value
// escaped, every element closed. The result is parsed and written once more until nothing changes: what a browser makes
// of it is what was checked, which is what mutation XSS lives from otherwise. Pure. Thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/render/limits.hpp"
#include "apiserver/render/slug.hpp"
#include "apiserver/render/url.hpp"

namespace causeway::api::render {

// A heading of a document, for its table of contents.
struct Heading {
  int level = 1;       // 1 to 6
  std::string text;    // plain, at most 200 bytes
  std::string anchor;  // the element's id, with its prefix: "user-content-getting-started"
  bool operator==(const Heading&) const = default;
};

// What else is done to a document on the way.
struct Decoration {
  const Base* base = nullptr;                // relative addresses lead there
  std::vector<Heading>* contents = nullptr;  // headings get an id and are listed here; those in raw HTML as well
  Slugger* slugger = nullptr;                // with `contents`
  bool highlight = false;                    // <pre><code class="language-…">
  bool alerts = false;                       // quotations that begin with "[!NOTE]" get a class instead, as on GitHub
};

// nullopt: it takes more than `limits` or `budget` allow, or does not settle. Without a decoration, what was
// sanitised once stays as it is.
std::optional<std::string> sanitised(std::string_view html, const Limits& limits, CpuBudget& budget,
                                     const Decoration& decoration = {});

}  // namespace causeway::api::render
