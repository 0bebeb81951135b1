#pragma once
// HTTP messages as values, shared by client and server. No I/O here.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace causeway::base {

// Header fields in order; names compare without case; a name may repeat.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields.begin(), fields.end()) {}

  void set(std::string_view name, std::string value);  // replaces all of that name
  void add(std::string_view name, std::string value);
  void erase(std::string_view name);
  std::optional<std::string_view> get(std::string_view name) const;  // the first
  std::size_t count(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  // origin form: path and query, percent-encoded
  Headers headers;
  std::string body;

  std::string_view path() const;   // target without the query
  std::string_view query() const;  // after '?', or empty
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

HttpResponse text_response(int status, std::string body, std::string_view content_type = "text/plain; charset=utf-8");
HttpResponse json_response(int status, std::string json_body);

std::string percent_encode(std::string_view text);  // everything but unreserved characters
// nullopt: a broken escape or a NUL byte.
std::optional<std::string> percent_decode(std::string_view text);
// Decoded value of the first `name` in an application/x-www-form-urlencoded query.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

// "scheme://host[:port][/path]"; the port is the scheme's default if absent. "unix:///path/to/socket" keeps the path.
struct Url {
  std::string scheme, host, path;
  std::uint16_t port = 0;
};
std::optional<Url> parse_url(std::string_view text);

}  // namespace causeway::base
