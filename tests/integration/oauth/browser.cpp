#include "tests/integration/oauth/browser.hpp"

#include <regex>
#include <stdexcept>

namespace causeway::api::oauth {
namespace {

base::HttpClient client_of(const std::string& origin, std::string ca_pem) {
  base::HttpClientOptions options;
  options.base_url = origin;
  options.tls.ca_pem = std::move(ca_pem);
  return base::HttpClient(std::move(options));
}

std::string first_match(const std::string& text, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern)))
    throw std::runtime_error("the page has no " + pattern + ": " + text.substr(0, 2000));
  return match[1];
}

}  // namespace

Browser::Browser(std::string origin, std::string ca_pem)
    : origin_(std::move(origin)), client_(client_of(origin_, std::move(ca_pem))) {}

Browser::Page Browser::open(const std::string& url) {
  base::HttpRequest request;
  request.target = url;
  return go(std::move(request));
}

Browser::Page Browser::submit(const Page& page, std::map<std::string, std::string> fields) {
  static const std::regex kHidden(R"re(<input type="hidden" name="([^"]+)" value="([^"]*)")re");
  for (std::sregex_iterator at(page.body.begin(), page.body.end(), kHidden), end; at != end; ++at)
    fields.emplace((*at)[1], (*at)[2]);
  base::HttpRequest request;
  request.method = "POST";
  request.target = first_match(page.body, R"re(<form[^>]* action="([^"]+)")re");
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  for (const auto& [name, value] : fields)
    request.body += (request.body.empty() ? "" : "&") + base::percent_encode(name) + '=' + base::percent_encode(value);
  return go(std::move(request));
}

Browser::Page Browser::follow(const Page& page, const std::string& end) {
  return open(first_match(page.body, "href=\"([^\"]+" + end + ")\""));
}

Browser::Page Browser::go(base::HttpRequest request) {
  for (int redirects = 0; redirects < 20; ++redirects) {
    const auto url = request.target.starts_with('/') ? origin_ + request.target : request.target;
    if (!url.starts_with(origin_ + "/")) return {url, ""};
    request.target = url.substr(origin_.size());
    request.headers.erase("Cookie");
    if (const auto cookies = cookies_for(request.path()); !cookies.empty()) request.headers.set("Cookie", cookies);
    const auto response = client_.call(request);
    if (!response) throw std::runtime_error(response.error().message);
    keep_cookies(*response, std::string(request.path()));
    const auto location = response->headers.get("Location");
    if (!location) return {url, response->body};
    request = {};
    request.target = *location;
  }
  throw std::runtime_error("redirected without end");
}

void Browser::keep_cookies(const base::HttpResponse& response, const std::string& path) {
  static const std::regex kCookie("^([^=;]+)=([^;]*)");
  static const std::regex kPath("; *path=([^;]*)", std::regex::icase);
  for (const auto& [name, value] : response.headers) {
    if (!std::regex_match(name, std::regex("set-cookie", std::regex::icase))) continue;
    std::smatch pair, where;
    if (!std::regex_search(value, pair, kCookie)) throw std::runtime_error("no cookie: " + value);
    const auto key = std::pair(pair[1].str(), std::regex_search(value, where, kPath) ? where[1].str() : path);
    if (pair[2].length() == 0) {
      cookies_.erase(key);
    } else {
      cookies_[key] = pair[2];
    }
  }
}

std::string Browser::cookies_for(std::string_view path) const {
  std::string all;
  for (const auto& [key, value] : cookies_) {
    const auto& [name, where] = key;
    // RFC 6265, 5.1.4
    const bool below =
        path.starts_with(where) && (path.size() == where.size() || where.ends_with('/') || path[where.size()] == '/');
    if (below) all += (all.empty() ? "" : "; ") + name + '=' + value;
  }
  return all;
}

}  // namespace causeway::api::oauth
