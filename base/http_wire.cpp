#include "base/http_wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace causeway::base {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool framing_field(std::string_view name) {
  return same_text(name, "Content-Length") || same_text(name, "Transfer-Encoding") || same_text(name, "Connection") ||
         same_text(name, "Keep-Alive");
}

}  // namespace

bool valid_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool valid_field_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return c == '\t' || (u >= 0x20 && u != 0x7f);
  });
}

bool valid_target(std::string_view target) {
  return !target.empty() && target.front() == '/' &&
         std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

bool list_contains(const Headers& headers, std::string_view name, std::string_view token) {
  for (const auto& [key, value] : headers) {
    if (!same_text(key, name)) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::size_t end = rest.find(',');
      if (same_text(trim(rest.substr(0, end)), token)) return true;
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  return false;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Status";
  }
}

bool body_forbidden(int status) {
  return (status >= 100 && status < 200) || status == 204 || status == 304;
}

std::string http_date(WallTime t) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));
  char text[64];
  const int n = std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                              kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                              kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                              static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                              static_cast<int>(time.seconds().count()));
  return std::string(text, static_cast<std::size_t>(n));
}

std::string request_head(const HttpRequest& request, std::string_view target, std::string_view host,
                         std::string_view user_agent) {
  std::string out;
  out.reserve(512);
  out += request.method;
  out += ' ';
  out += target;
  out += " HTTP/1.1\r\n";
  if (request.headers.count("Host") == 0) append_field(out, "Host", host);
  if (request.headers.count("User-Agent") == 0) append_field(out, "User-Agent", user_agent);
  for (const auto& [name, value] : request.headers) {
    if (!same_text(name, "Content-Length") && !same_text(name, "Transfer-Encoding")) append_field(out, name, value);
  }
  const bool expects_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!request.body.empty() || expects_body) {
    append_field(out, "Content-Length", std::to_string(request.body.size()));
  }
  out += "\r\n";
  return out;
}

std::string response_head(const HttpResponse& response, const ResponseFraming& framing, WallTime now) {
  std::string out;
  out.reserve(512);
  out += framing.http10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  if (response.headers.count("Date") == 0) append_field(out, "Date", http_date(now));
  for (const auto& [name, value] : response.headers) {
    if (!framing_field(name) && valid_field_name(name) && valid_field_value(value)) append_field(out, name, value);
  }
  if (framing.chunked) append_field(out, "Transfer-Encoding", "chunked");
  if (framing.content_length) append_field(out, "Content-Length", std::to_string(*framing.content_length));
  if (!framing.keep_alive) {
    append_field(out, "Connection", "close");
  } else if (framing.http10) {
    append_field(out, "Connection", "keep-alive");
  }
  out += "\r\n";
  return out;
}

std::string chunk_header(std::size_t size) {
  char digits[2 * sizeof size];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, size, 16);
  return std::string(digits, end) + "\r\n";
}

std::string authority(const Url& url) {
  std::string out = url.host.find(':') != std::string::npos ? "[" + url.host + "]" : url.host;
  const bool standard = (url.scheme == "http" && url.port == 80) || (url.scheme == "https" && url.port == 443);
  if (url.port != 0 && !standard) out += ":" + std::to_string(url.port);
  return out;
}

}  // namespace causeway::base
