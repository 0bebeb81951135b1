#include "apiserver/render/html_tree.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {

// What gumbo allocates for one tree. It has no limits of its own, nor a way to stop it: some kilobytes of unclosed tags
// cost it gigabytes, others minutes, and its gumbo_destroy_output() recurses as deep as the tree is. So its memory is
// given back at once, never by gumbo, and when memory or time is spent the allocation does not return: it jumps over
// gumbo's frames, which are C and own nothing else.
class TreeMemory {
 public:
  TreeMemory(std::size_t limit, CpuBudget& budget) : left_(limit), budget_(&budget) {}
  ~TreeMemory() {
    while (blocks_ != nullptr) std::free(std::exchange(blocks_, blocks_->next));
  }
  TreeMemory(const TreeMemory&) = delete;
  TreeMemory& operator=(const TreeMemory&) = delete;

  // nullptr: memory or time is spent. No local variable here, nor in its callers up to gumbo, has a destructor.
  const GumboNode* parse(const char* html, std::size_t size) {
    if (setjmp(spent_) != 0) return nullptr;
    options_ = kGumboDefaultOptions;
    options_.allocator = [](void* self, std::size_t bytes) { return static_cast<TreeMemory*>(self)->allocate(bytes); };
    options_.deallocator = [](void*, void*) {};
    options_.userdata = this;
    options_.max_errors = 0;
    options_.fragment_context = GUMBO_TAG_DIV;
    return gumbo_parse_with_options(&options_, html, size)->root;
  }

 private:
  struct alignas(std::max_align_t) Block {
    Block* next;
  };
  static constexpr std::size_t kBlock = 64u << 10;

  void* allocate(std::size_t bytes) {
    const auto size = (bytes + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);
    if (size < bytes || budget_->spent()) std::longjmp(spent_, 1);
    if (size > free_) take_block(std::max(size, kBlock - sizeof(Block)));
    free_ -= size;
    return std::exchange(next_, next_ + size);
  }

  void take_block(std::size_t size) {
    auto* block = size > left_ ? nullptr : static_cast<Block*>(std::malloc(sizeof(Block) + size));
    if (block == nullptr) std::longjmp(spent_, 1);
    left_ -= size;
    block->next = std::exchange(blocks_, block);
    next_ = reinterpret_cast<std::byte*>(block + 1);
    free_ = size;
  }

  std::jmp_buf spent_;
  GumboOptions options_;
  Block* blocks_ = nullptr;
  std::byte* next_ = nullptr;
  std::size_t free_ = 0, left_;
  CpuBudget* budget_;
};

HtmlTree::HtmlTree(std::string_view html, std::size_t memory, CpuBudget& budget)
    : memory_(std::make_unique<TreeMemory>(memory, budget)), root_(memory_->parse(html.data(), html.size())) {}
HtmlTree::~HtmlTree() = default;
HtmlTree::HtmlTree(HtmlTree&&) noexcept = default;

std::string element_name(const GumboElement& element) {
  if (element.tag != GUMBO_TAG_UNKNOWN) return gumbo_normalized_tagname(element.tag);
  auto name = element.original_tag;
  gumbo_tag_from_original_text(&name);
  return ascii_lower({name.data, name.length});
}

}  // namespace causeway::api::render
