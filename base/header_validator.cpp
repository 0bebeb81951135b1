#include "base/header_validator.hpp"

#include <algorithm>
#include <array>

#include "base/http_wire.hpp"

namespace causeway::base {
namespace {

Refusal bad(std::string reason) {
  return Refusal{400, std::move(reason)};
}

// Fields that say who somebody is or where a message ends. Two of them, and two readers may believe different ones.
constexpr std::array<std::string_view, 17> kSingle{"Host",
                                                   "Content-Length",
                                                   "Transfer-Encoding",
                                                   "Content-Type",
                                                   "Content-Encoding",
                                                   "Authorization",
                                                   "Proxy-Authorization",
                                                   "Expect",
                                                   "Origin",
                                                   "Impersonate-User",
                                                   "X-Remote-User",
                                                   "Remote-User",
                                                   "X-Forwarded-User",
                                                   "X-Forwarded-Host",
                                                   "X-Auth-Request-User",
                                                   "X-Real-IP",
                                                   "Sec-WebSocket-Key"};

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// host [":" port], an IPv6 address in brackets. Not a check of names: of what could end or split them.
bool valid_host(std::string_view host) {
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const std::string_view address = host.substr(1, end - 1);
    if (address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
    port = host.substr(end + 1);
  } else {
    const std::size_t colon = host.find(':');
    const std::string_view name = host.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : host.substr(colon);
    if (name.empty() || !std::all_of(name.begin(), name.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                 c == '_' || c == '~' || c == '%' || c == '!' || c == '$' || c == '&' || c == '\'' || c == '(' ||
                 c == ')' || c == '*' || c == '+' || c == ';' || c == '=';
        })) {
      return false;
    }
  }
  if (port.empty()) return true;
  if (port.front() != ':') return false;
  port.remove_prefix(1);
  return port.empty() || (all_digits(port) && port.size() <= 5);
}

std::optional<Refusal> check_fields(unsigned version, const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (!valid_field_name(name)) return bad("a header's name holds characters that no name can");
    // "X_User" and "X-User" are the same to what turns headers into variables.
    if (name.find('_') != std::string::npos) return bad("the header \"" + name + "\" has an underscore in its name");
    if (!valid_field_value(value)) return bad("the header \"" + name + "\" holds control characters");
  }
  for (const std::string_view name : kSingle) {
    if (request.headers.count(name) > 1) return bad("the header \"" + std::string(name) + "\" is there more than once");
  }
  const auto host = request.headers.get("Host");
  if (!host && version >= 11) return bad("the header \"Host\" is missing");
  if (host && !valid_host(*host)) return bad("the header \"Host\" is not a host with an optional port");

  const auto coding = request.headers.get("Transfer-Encoding");
  const auto length = request.headers.get("Content-Length");
  if (coding) {
    if (version < 11) return bad("HTTP/1.0 has no Transfer-Encoding");
    if (!same_text(*coding, "chunked")) return Refusal{501, "the only Transfer-Encoding taken is \"chunked\""};
    if (length) return bad("Transfer-Encoding and Content-Length together");
  }
  if (length && !all_digits(*length)) return bad("Content-Length is not a number");
  if (const auto expect = request.headers.get("Expect"); expect && !same_text(*expect, "100-continue")) {
    return Refusal{417, "the only expectation known is \"100-continue\""};
  }
  return std::nullopt;
}

// RFC 9112, 3.2: origin form, absolute form, and * for OPTIONS.
std::optional<Refusal> check_target(HttpRequest& request) {
  if (request.method == "CONNECT") return Refusal{501, "CONNECT is for proxies"};
  if (request.target == "*") {
    if (request.method == "OPTIONS") return std::nullopt;
    return bad("the target * is for OPTIONS");
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (request.target.size() < scheme.size() || !same_text(request.target.substr(0, scheme.size()), scheme)) continue;
    std::string_view rest = std::string_view(request.target).substr(scheme.size());
    const std::size_t end = rest.find_first_of("/?");
    const std::string_view authority = rest.substr(0, end);
    const auto host = request.headers.get("Host");
    if (!host || !same_text(authority, *host)) return bad("the target's host is not the header's");
    std::string origin(end == std::string_view::npos ? std::string_view() : rest.substr(end));
    if (!origin.starts_with('/')) origin.insert(origin.begin(), '/');
    request.target = std::move(origin);
    break;
  }
  if (!valid_target(request.target)) return bad("the target is not a path in visible ASCII that begins with /");
  const std::string_view target = request.target;
  if (target.find("%00") != std::string_view::npos) return bad("the target holds a NUL byte");
  return std::nullopt;
}

}  // namespace

HeadScan scan_head(std::string_view arrived) {
  HeadScan scan;
  while (arrived.substr(scan.skip).starts_with("\r\n") && scan.skip < 8) scan.skip += 2;
  const std::string_view text = arrived.substr(scan.skip);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\r') {
      if (i + 1 == text.size()) break;
      if (i == 0 || text[i + 1] != '\n') {
        scan.refusal = bad("a carriage return that ends no line");
        return scan;
      }
      if (text.substr(i).starts_with("\r\n\r\n")) {
        scan.size = i + 4;
        return scan;
      }
      if (i + 2 < text.size() && (text[i + 2] == ' ' || text[i + 2] == '\t')) {
        scan.refusal = bad("a header folded over two lines");
        return scan;
      }
      ++i;
    } else if (c == '\n') {
      scan.refusal = bad("a line that ends without a carriage return");
      return scan;
    } else if ((c < 0x20 && c != '\t') || c == 0x7f) {
      scan.refusal = bad("a control character in the header");
      return scan;
    }
  }
  return scan;
}

std::optional<Refusal> validate_head(unsigned version, HttpRequest& request) {
  if (version != 10 && version != 11) return Refusal{505, "the versions known are HTTP/1.0 and HTTP/1.1"};
  if (!valid_field_name(request.method)) return bad("the method is not a token");
  if (auto refusal = check_fields(version, request)) return refusal;
  return check_target(request);
}

}  // namespace causeway::base
