#include "kube/client/line_splitter.hpp"

namespace causeway::kube {

namespace {

base::Error too_long(std::size_t limit) {
  return {base::ErrorCode::kProtocol, "the server sent a line of more than " + std::to_string(limit) + " bytes"};
}

std::string_view trimmed(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

base::Result<bool> LineSplitter::feed(std::string_view piece, const std::function<bool(std::string_view)>& on_line) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    if (pending_.size() + std::min(end, piece.size()) > max_line_) return too_long(max_line_);
    if (end == std::string_view::npos) {
      pending_.append(piece);
      return true;
    }
    bool more = true;
    if (pending_.empty()) {
      if (auto line = trimmed(piece.substr(0, end)); !line.empty()) more = on_line(line);
    } else {
      pending_.append(piece.substr(0, end));
      if (auto line = trimmed(pending_); !line.empty()) more = on_line(line);
      pending_.clear();
      // One huge event must not keep its memory for the life of the watch.
      if (pending_.capacity() > (1u << 20)) pending_.shrink_to_fit();
    }
    if (!more) {
      pending_.clear();
      return false;
    }
    piece.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace causeway::kube
