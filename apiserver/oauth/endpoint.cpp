#include "apiserver/oauth/endpoint.hpp"

#include <algorithm>

#include "apiserver/rest/cross_site.hpp"
#include "base/http.hpp"

namespace causeway::api::oauth {
namespace {

constexpr std::size_t kMost = 2048;

base::Error wrong(std::string_view url, std::string_view why) {
  return {base::ErrorCode::kInvalidArgument,
          "\"" + std::string(url.substr(0, 200)) + "\" is not https://HOST[:PORT][/PATH]: " + std::string(why)};
}

std::string origin_of(const base::Url& url) {
  const bool v6 = url.host.find(':') != std::string::npos;
  std::string origin = url.scheme + "://" + (v6 ? "[" + url.host + "]" : url.host);
  if (url.port != (url.scheme == "https" ? 443 : 80)) origin += ':' + std::to_string(url.port);
  return origin;
}

}  // namespace

base::Result<Endpoint> parse_endpoint(std::string_view url) {
  if (url.empty() || url.size() > kMost) return wrong(url, "it has 1 to 2048 bytes");
  constexpr std::string_view kNever = "\"<>\\^`{|}";  // RFC 3986, appendix A
  if (std::ranges::any_of(url, [&](unsigned char c) {
        return c <= ' ' || c >= 0x7f || kNever.find(static_cast<char>(c)) != std::string_view::npos;
      }))
    return wrong(url, "it holds a character that has to be encoded");
  if (url.find('#') != std::string_view::npos) return wrong(url, "it has a fragment");
  const auto mark = std::min(url.find('?'), url.size());
  const auto parsed = base::parse_url(url.substr(0, mark));
  if (!parsed || (parsed->scheme != "https" && parsed->scheme != "http")) return wrong(url, "it cannot be read");
  if (parsed->scheme == "http" && !rest::is_loopback(parsed->host))
    return wrong(url, "plain http is for this machine only, as anybody on the way could answer");
  return Endpoint{origin_of(*parsed), (parsed->path.empty() ? "/" : parsed->path) + std::string(url.substr(mark))};
}

std::string form_of(Parameters parameters) {
  std::string form;
  for (const auto& [name, value] : parameters)
    form += (form.empty() ? "" : "&") + base::percent_encode(name) + '=' + base::percent_encode(value);
  return form;
}

std::string with_parameters(const Endpoint& endpoint, Parameters parameters) {
  const bool query = endpoint.target.find('?') != std::string::npos;
  const bool separated = endpoint.target.ends_with('?') || endpoint.target.ends_with('&');
  return endpoint.url() + (separated ? "" : query ? "&" : "?") + form_of(parameters);
}

}  // namespace causeway::api::oauth
