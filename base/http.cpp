#include "base/http.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "base/text.hpp"

namespace causeway::base {
namespace {

bool unreserved(char c) {  // RFC 3986, 2.3
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

HttpResponse response_of(int status, std::string body, std::string_view content_type) {
  HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  const auto first = std::find_if(fields_.begin(), fields_.end(), [&](auto& f) { return same_text(f.first, name); });
  if (first == fields_.end()) {
    fields_.emplace_back(std::string(name), std::move(value));
    return;
  }
  first->second = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), [&](auto& f) { return same_text(f.first, name); }),
                fields_.end());
}

void Headers::add(std::string_view name, std::string value) {
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return same_text(field.first, name); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (same_text(key, name)) return value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(), [&](const auto& field) { return same_text(field.first, name); }));
}

std::string_view HttpRequest::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view HttpRequest::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

HttpResponse text_response(int status, std::string body, std::string_view content_type) {
  return response_of(status, std::move(body), content_type);
}

HttpResponse json_response(int status, std::string json_body) {
  return response_of(status, std::move(json_body), "application/json");
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  return out;
}

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const std::size_t equals = pair.find('=');
    const auto decode = [](std::string_view part) {
      std::string text(part);
      std::replace(text.begin(), text.end(), '+', ' ');
      return percent_decode(text);
    };
    if (decode(pair.substr(0, equals)) != name) continue;
    return decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::optional<Url> parse_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed || parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment()) return std::nullopt;
  Url url;
  url.scheme.assign(parsed->scheme().data(), parsed->scheme().size());
  url.scheme = lower_case(url.scheme);
  url.path.assign(parsed->encoded_path().data(), parsed->encoded_path().size());
  if (url.scheme == "unix") {
    if (!parsed->encoded_host().empty() || parsed->has_port() || url.path.size() < 2) return std::nullopt;
    const auto path = percent_decode(url.path);
    if (!path) return std::nullopt;
    url.path = *path;
    return url;
  }
  url.host = parsed->host_address();  // without the brackets of an IPv6 address
  // Boost.URL 1.81 takes what follows the digits of a port as a path.
  if (url.host.empty() || (!url.path.empty() && url.path.front() != '/')) return std::nullopt;
  if (url.scheme == "http") url.port = 80;
  if (url.scheme == "https") url.port = 443;
  if (parsed->has_port() && !parsed->port().empty()) {
    const auto digits = parsed->port();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc() || end != digits.data() + digits.size() || url.port == 0) return std::nullopt;
  }
  return url;
}

}  // namespace causeway::base
