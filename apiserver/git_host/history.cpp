#include "apiserver/git_host/history.hpp"

namespace causeway::api::git_host {

std::string Commit::summary() const {
  std::string line;
  std::string_view rest = message;
  while (!rest.empty() && (rest.front() == '\n' || rest.front() == '\r')) rest.remove_prefix(1);
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    while (!part.empty() && (part.back() == ' ' || part.back() == '\t' || part.back() == '\r')) part.remove_suffix(1);
    if (part.empty()) break;
    if (!line.empty()) line += ' ';
    line += part;
  }
  return line;
}

}  // namespace causeway::api::git_host
