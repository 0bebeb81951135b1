#pragma once
// The text of HTTP/1.1 heads, for http_client.cpp and http_server.cpp. No I/O.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/http.hpp"
#include "base/text.hpp"

namespace causeway::base {

bool valid_field_name(std::string_view name);    // a token (RFC 9110, 5.6.2)
bool valid_field_value(std::string_view value);  // no control characters but tab: nothing that could end the line
bool valid_target(std::string_view target);      // starts with '/', visible ASCII only, no fragment
// Whether a comma-separated list, over all fields of `name`, holds `token`.
bool list_contains(const Headers& headers, std::string_view name, std::string_view token);

std::string_view reason_phrase(int status);
bool body_forbidden(int status);  // 1xx, 204, 304

std::string http_date(WallTime t);  // "Tue, 24 Nov 2026 10:00:00 GMT"

// Request line and fields with the blank line. Host, User-Agent and Content-Length are added unless set;
// Content-Length always tells request.body's size.
std::string request_head(const HttpRequest& request, std::string_view target, std::string_view host,
                         std::string_view user_agent);

struct ResponseFraming {
  bool http10 = false;  // status line and no chunks for an HTTP/1.0 peer
  bool keep_alive = true;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
};
// Status line and fields with the blank line. Framing fields of the handler are replaced by `framing`; a field that is
// not valid is left out (the caller logs it).
std::string response_head(const HttpResponse& response, const ResponseFraming& framing, WallTime now);

std::string chunk_header(std::size_t size);  // "1f\r\n"

// "host:port", with brackets around an IPv6 address; the port is left out if it is the scheme's default.
std::string authority(const Url& url);

}  // namespace causeway::base
