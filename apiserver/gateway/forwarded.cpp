#include "apiserver/gateway/forwarded.hpp"

#include <algorithm>

#include "apiserver/oauth/return_path.hpp"
#include "apiserver/rest/cross_site.hpp"
#include "apiserver/rest/field_value.hpp"

namespace causeway::api::gateway {
namespace {

using rest::Problem;

constexpr std::string_view kSignInPage = "/sign-in";

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view("-._:[]").find(c) != std::string::npos;
  });
}

std::string_view without_default_port(std::string_view host) {
  for (const std::string_view port : {":80", ":443"})
    if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

}  // namespace

base::Result<Forwarded, Problem> forwarded_request(const base::Headers& headers) {
  for (const std::string_view name : {"X-Forwarded-Method", "X-Forwarded-Host", "X-Forwarded-Uri"})
    if (headers.count(name) > 1) return Problem(rest::kBadRequest, std::string(name) + " is there more than once");
  const auto uri = headers.get("X-Forwarded-Uri");
  if (!uri) return Problem(rest::kNotFound, "there is nothing at this address");
  const std::string host = rest::lower_case(headers.get("X-Forwarded-Host").value_or(""));
  if (!is_host(host)) return Problem(rest::kBadRequest, "X-Forwarded-Host has to be one host");
  return Forwarded{std::string(headers.get("X-Forwarded-Method").value_or("GET")),
                   std::string(without_default_port(host)), std::string(*uri)};
}

bool opens_page(const base::Headers& headers, const Forwarded& asked) {
  if (asked.method != "GET" && asked.method != "HEAD") return false;
  if (const auto mode = headers.get("Sec-Fetch-Mode"))
    return *mode == "navigate" && headers.get("Sec-Fetch-Dest").value_or("document") == "document";
  // A browser that does not say asks for this first; programs and scripts do not.
  return headers.get("Accept").value_or("").find("text/html") != std::string_view::npos;
}

std::string sign_in_page(std::string_view public_url, const Forwarded& asked) {
  const auto origin = rest::origin_of(public_url);
  if (!origin || std::string_view(*origin).substr(origin->find("://") + 3) != asked.host) return {};
  std::string page = *origin + std::string(kSignInPage);
  if (oauth::is_local_path(asked.uri)) page += "?returnTo=" + base::percent_encode(asked.uri);
  return page;
}

}  // namespace causeway::api::gateway
