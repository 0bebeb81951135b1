#pragma once
// Cuts a stream into lines, however the network cut it into pieces. Watch events are one JSON object a line.

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::kube {

// Linear in the number of bytes: what is pending is never looked at twice. A line that lies within one piece is not
// copied. Not thread-safe.
class LineSplitter {
 public:
  explicit LineSplitter(std::size_t max_line) : max_line_(max_line) {}

  // `on_line` gets each whole line without its "\n" (or "\r\n"); empty lines are skipped. It returns false to stop:
  // feed() then returns false and drops the rest. kProtocol: a line longer than max_line.
  base::Result<bool> feed(std::string_view piece, const std::function<bool(std::string_view line)>& on_line);

  std::size_t pending() const { return pending_.size(); }  // bytes of the line that has not ended yet

 private:
  std::size_t max_line_;
  std::string pending_;
};

}  // namespace causeway::kube
