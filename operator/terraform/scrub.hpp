#pragma once
// Takes secrets out of texts that people read: logs, events, status.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::op::terraform {

// Not thread-safe while secrets are added; const functions are.
class Scrubber {
 public:
  // Values shorter than this are not looked for: they would shred every text and are no secrets worth the name.
  static constexpr std::size_t kShortest = 4;

  // The value as it is, each line of it that is long enough to be recognised, and what it looks like in base64, JSON
  // and a URL. A line that is in `open` is told elsewhere on purpose: a kubeconfig's address is an output of its own.
  void add(std::string_view secret, const std::set<std::string, std::less<>>& open = {});
  std::string scrub(std::string_view text) const;

 private:
  void add_form(std::string form);
  std::vector<std::string> forms_;  // longest first
};

// At most `longest` bytes and a mark, not ending inside a UTF-8 character. Scrub first: half a secret is not found.
std::string shortened(std::string text, std::size_t longest);

}  // namespace causeway::op::terraform
