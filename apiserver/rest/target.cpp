#include "apiserver/rest/target.hpp"

#include <algorithm>

#include "base/http.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::api::rest {
namespace {

constexpr std::size_t kMaxSegments = 64;
constexpr std::size_t kMaxParameters = 100;

base::Error malformed(std::string message) {
  return {base::ErrorCode::kInvalidArgument, std::move(message)};
}

}  // namespace

std::optional<std::vector<std::string_view>> split_path(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  std::vector<std::string_view> segments;
  segments.reserve(8);
  for (;;) {
    const std::size_t slash = path.find('/');
    if (segments.size() == kMaxSegments) return std::nullopt;
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_dot_segment(std::string_view raw) {
  std::size_t dots = 0;
  while (!raw.empty()) {
    if (raw.front() == '.') {
      raw.remove_prefix(1);
    } else if (raw.starts_with("%2e") || raw.starts_with("%2E")) {
      raw.remove_prefix(3);
    } else {
      return false;
    }
    ++dots;
  }
  return dots <= 2;
}

base::Result<std::string> decode_text(std::string_view raw) {
  if (raw.find_first_of(std::string_view("%\0", 2)) == std::string_view::npos) {
    if (!kube::codec::valid_utf8(raw)) return malformed("is not UTF-8");
    return std::string(raw);
  }
  auto decoded = base::percent_decode(raw);
  if (!decoded) return malformed("holds a broken percent escape or a NUL");
  if (!kube::codec::valid_utf8(*decoded)) return malformed("is not UTF-8");
  return std::move(*decoded);
}

base::Result<QueryParameters> parse_query(std::string_view query) {
  QueryParameters parameters;
  std::string spaced;
  const auto decode = [&](std::string_view raw) {
    if (raw.find('+') == std::string_view::npos) return decode_text(raw);
    spaced.assign(raw);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return decode_text(spaced);
  };
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    if (parameters.size() == kMaxParameters) return malformed("has too many parameters");
    const std::size_t equals = pair.find('=');
    auto name = decode(pair.substr(0, equals));
    if (!name) return name.error();
    auto value = decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!value) return value.error();
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

}  // namespace causeway::api::rest
