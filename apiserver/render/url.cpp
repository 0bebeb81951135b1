#include "apiserver/render/url.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "apiserver/render/text.hpp"

namespace causeway::api::render {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

// As a browser's parser begins: nothing at the ends up to the blank, no tab or line end anywhere.
std::string without_blanks(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  std::string out;
  for (const char c : text) {
    if (c != '\t' && c != '\n' && c != '\r') out += c;
  }
  return out;
}

// What would end an address in an attribute, a srcset or a text is escaped; a "%" stays as its author wrote it.
std::string without_odd_characters(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F || std::string_view("\"<>`{}|^\\").find(c) != std::string_view::npos) {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
    } else {
      out += c;
    }
  }
  return out;
}

// The scheme in lower case; empty: there is none.
std::string scheme_of(std::string_view url) {
  if (url.empty() || !is_ascii_letter(url.front())) return {};
  for (std::size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    if (c == ':') return ascii_lower(url.substr(0, i));
    if (!is_ascii_letter(c) && !is_ascii_digit(c) && c != '+' && c != '-' && c != '.') return {};
  }
  return {};
}

bool is_small_image(std::string_view data_url) {
  if (data_url.size() > kMaxDataUrl) return false;
  for (const std::string_view type : {"png", "jpeg", "gif", "webp"}) {
    const auto head = "data:image/" + std::string(type) + ";base64,";
    if (ascii_lower(data_url.substr(0, head.size())) != head) continue;
    return std::ranges::all_of(data_url.substr(head.size()), [](char c) {
      return is_ascii_letter(c) || is_ascii_digit(c) || c == '+' || c == '/' || c == '=';
    });
  }
  return false;
}

std::string fragment(std::string_view text) {  // with its "#"
  if (text.size() <= 1 || text.substr(1).starts_with(kIdPrefix)) return without_odd_characters(text);
  return "#" + std::string(kIdPrefix) + without_odd_characters(text.substr(1));
}

// Browsers take "%2e" for a dot when they resolve a path.
std::size_t dots(std::string_view segment) {
  std::size_t count = 0;
  while (!segment.empty()) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (ascii_lower(segment.substr(0, 3)) == "%2e") {
      segment.remove_prefix(3);
    } else {
      return 0;
    }
    ++count;
  }
  return count;
}

// "docs" and "../a/./b.md" → "a/b.md". Never begins with "/", never leads above the root.
std::string resolved(std::string_view directory, std::string_view path) {
  std::vector<std::string_view> segments;
  const auto walk = [&segments](std::string_view part) {
    while (!part.empty()) {
      const auto slash = part.find('/');
      const auto segment = part.substr(0, slash);
      part = slash == std::string_view::npos ? std::string_view() : part.substr(slash + 1);
      const auto count = dots(segment);
      if (count == 2) {
        if (!segments.empty()) segments.pop_back();
      } else if (!segment.empty() && count != 1) {
        segments.push_back(segment);
      }
    }
  };
  if (!path.starts_with('/')) walk(directory);
  walk(path);
  std::string out;
  for (const auto segment : segments) out += (out.empty() ? "" : "/") + std::string(segment);
  if (path.ends_with('/') && !out.empty()) out += '/';
  return out;
}

bool is_markdown(std::string_view path) {
  const auto lower = ascii_lower(path);
  return lower.ends_with(".md") || lower.ends_with(".markdown");
}

std::string relative(std::string_view url, UrlUse use, const Base* base) {
  const auto hash = std::min(url.find('#'), url.size());
  const auto query = std::min(url.substr(0, hash).find('?'), hash);
  std::string path(url.substr(0, query));
  std::ranges::replace(path, '\\', '/');
  auto tail = std::string(url.substr(hash));
  if (path.empty() && query == hash) return fragment(tail);
  const auto query_text = without_odd_characters(url.substr(query, hash - query));
  if (is_markdown(path)) {
    tail = fragment(tail);
  } else {
    tail = without_odd_characters(tail);
  }
  if (!base || path.starts_with("//")) return without_odd_characters(path) + query_text + tail;
  return (use == UrlUse::kLink ? base->pages : base->files) + without_odd_characters(resolved(base->directory, path)) +
         query_text + tail;
}

}  // namespace

std::optional<std::string> safe_url(std::string_view text, UrlUse use, const Base* base) {
  const auto url = without_blanks(text);
  const auto scheme = scheme_of(url);
  if (scheme.empty()) return relative(url, use, base);
  auto rest = std::string(std::string_view(url).substr(scheme.size() + 1));
  if (scheme == "http" || scheme == "https") {
    std::ranges::replace(rest.begin(),
                         rest.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, rest.size())), '\\', '/');
    // "https:x" would be relative to the page.
    if (!rest.starts_with("//") || rest.size() == 2 || rest[2] == '/' || rest[2] == '\\') return std::nullopt;
    return scheme + ":" + without_odd_characters(rest);
  }
  if (scheme == "mailto" && use == UrlUse::kLink) return scheme + ":" + without_odd_characters(rest);
  if (scheme == "data" && use == UrlUse::kImage && is_small_image(url)) return url;
  return std::nullopt;
}

std::optional<std::string> safe_srcset(std::string_view text, const Base* base) {
  std::string out;
  while (true) {
    const auto begin = text.find_first_not_of(" \t\n\f\r,");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    // The address ends at a blank; commas at its end belong to the list (HTML, "parse a srcset attribute").
    auto url = text.substr(0, text.find_first_of(" \t\n\f\r"));
    text.remove_prefix(url.size());
    const bool bare = url.ends_with(',');
    while (url.ends_with(',')) url.remove_suffix(1);
    std::string_view descriptor;
    if (!bare) {
      descriptor = text.substr(0, text.find(','));
      text.remove_prefix(descriptor.size());
      const auto first = std::min(descriptor.find_first_not_of(" \t\n\f\r"), descriptor.size());
      descriptor.remove_prefix(first);
      while (!descriptor.empty() && static_cast<unsigned char>(descriptor.back()) <= ' ') descriptor.remove_suffix(1);
    }
    if (descriptor.size() > 10 || descriptor.find_first_not_of("0123456789.wx") != std::string_view::npos)
      return std::nullopt;
    const auto safe = safe_url(url, UrlUse::kImage, base);
    if (!safe || safe->empty() || safe->find(',') == 0) return std::nullopt;
    if (!out.empty()) out += ", ";
    out += *safe;
    if (!descriptor.empty()) out += " " + std::string(descriptor);
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace causeway::api::render
