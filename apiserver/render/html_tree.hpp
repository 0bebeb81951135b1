#pragma once
// Private: HTML as a tree, parsed by gumbo. The only header that shows gumbo; the sanitiser and tests include it.

#include <gumbo.h>
#include <memory>
#include <string>
#include <string_view>

#include "apiserver/render/limits.hpp"

namespace causeway::api::render {

class TreeMemory;

// What a browser would make of `html` inside of a <div>. Immutable.
class HtmlTree {
 public:
  // Precondition: `html` is valid UTF-8 without NUL, and outlives the tree. Takes at most `memory` bytes and what is
  // left of `budget`.
  HtmlTree(std::string_view html, std::size_t memory, CpuBudget& budget);
  ~HtmlTree();
  HtmlTree(HtmlTree&&) noexcept;
  HtmlTree& operator=(HtmlTree&&) = delete;

  // nullptr: it took more than it may.
  const GumboNode* root() const { return root_; }

 private:
  std::unique_ptr<TreeMemory> memory_;
  const GumboNode* root_ = nullptr;
};

// In lower case; of elements that gumbo does not know, too.
std::string element_name(const GumboElement& element);

}  // namespace causeway::api::render
