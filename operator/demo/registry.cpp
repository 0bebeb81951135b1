#include "operator/demo/registry.hpp"

#include <boost/json.hpp>

namespace causeway::op::demo {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

base::HttpClientOptions options_for(const std::string& host, const std::string& ca_pem) {
  base::HttpClientOptions options;
  options.base_url = host.starts_with("http://") || host.starts_with("https://") ? host : "https://" + host;
  options.tls.ca_pem = ca_pem;
  options.connect_timeout = std::chrono::seconds(5);
  return options;
}

Error unexpected(const std::string& what, const base::HttpResponse& answer) {
  const auto code = answer.status == 401 || answer.status == 403   ? ErrorCode::kPermission
                    : answer.status == 429 || answer.status >= 500 ? ErrorCode::kUnavailable
                                                                   : ErrorCode::kProtocol;
  return {code, "the registry answers " + what + " with HTTP " + std::to_string(answer.status)};
}

}  // namespace

Registry::Registry(const std::string& host, const std::string& ca_pem) : client_(options_for(host, ca_pem)) {}

Result<base::HttpResponse> Registry::call(const std::string& method, const std::string& target, std::stop_token stop) {
  base::HttpRequest request;
  request.method = method;
  request.target = target;
  request.headers = {{"Accept",
                      "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
                      "application/vnd.docker.distribution.manifest.v2+json, "
                      "application/vnd.docker.distribution.manifest.list.v2+json"}};
  base::CallOptions options;
  options.timeout = std::chrono::seconds(10);
  options.stop = std::move(stop);
  auto answer = client_.call(request, options);
  if (!answer) return answer.error().wrap("the registry");
  return answer;
}

Result<std::string> Registry::digest_of(const std::string& repository, const std::string& reference,
                                        std::stop_token stop) {
  const auto target = "/v2/" + repository + "/manifests/" + reference;
  auto answer = call("HEAD", target, std::move(stop));
  if (!answer) return answer.error();
  if (answer->status == 404) return std::string();
  if (answer->status != 200) return unexpected(target, *answer);
  const auto digest = answer->headers.get("Docker-Content-Digest");
  if (!digest || digest->find(':') == std::string_view::npos)
    return Error{ErrorCode::kProtocol, "the registry names no digest for " + repository + ":" + reference};
  return std::string(*digest);
}

Result<std::vector<std::string>> Registry::tags(const std::string& repository, std::stop_token stop) {
  const auto target = "/v2/" + repository + "/tags/list";
  auto answer = call("GET", target, std::move(stop));
  if (!answer) return answer.error();
  std::vector<std::string> tags;
  if (answer->status == 404) return tags;
  if (answer->status != 200) return unexpected(target, *answer);
  boost::json::error_code error;
  const auto value = boost::json::parse(answer->body, error);
  if (error || !value.is_object()) return Error{ErrorCode::kProtocol, "the registry's list of tags is not JSON"};
  const auto* list = value.get_object().if_contains("tags");
  if (!list || !list->is_array()) return tags;  // null once all are deleted
  for (const auto& tag : list->get_array()) {
    if (tag.is_string()) tags.emplace_back(tag.get_string());
  }
  return tags;
}

Result<void> Registry::remove_manifest(const std::string& repository, const std::string& digest, std::stop_token stop) {
  const auto target = "/v2/" + repository + "/manifests/" + digest;
  auto answer = call("DELETE", target, std::move(stop));
  if (!answer) return answer.error();
  if (answer->status == 202 || answer->status == 200 || answer->status == 404) return {};
  if (answer->status == 405)
    return Error{ErrorCode::kInvalidArgument,
                 "the registry does not allow deletion (storage.delete.enabled in its configuration)"};
  return unexpected("DELETE " + target, *answer);
}

Result<void> Registry::remove_repository(const std::string& repository, std::stop_token stop) {
  auto all = tags(repository, stop);
  if (!all) return all.error();
  for (const auto& tag : *all) {
    auto digest = digest_of(repository, tag, stop);
    if (!digest) return digest.error();
    if (digest->empty()) continue;
    if (auto removed = remove_manifest(repository, *digest, stop); !removed) return removed;
  }
  return {};
}

std::optional<ImageReference> parse_image(const std::string& text) {
  ImageReference image;
  std::string rest = text;
  if (const auto at = rest.find('@'); at != std::string::npos) {
    image.digest = rest.substr(at + 1);
    rest.resize(at);
    const auto hex = image.digest.starts_with("sha256:") ? image.digest.substr(7) : std::string();
    if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  }
  const auto slash = rest.find('/');
  const auto last_slash = rest.rfind('/');
  if (const auto colon = rest.rfind(':');
      colon != std::string::npos && (last_slash == std::string::npos || colon > last_slash)) {
    image.tag = rest.substr(colon + 1);
    rest.resize(colon);
  }
  const auto first = rest.substr(0, slash);
  if (slash != std::string::npos &&
      (first.find('.') != std::string::npos || first.find(':') != std::string::npos || first == "localhost")) {
    image.host = first;
    image.repository = rest.substr(slash + 1);
  } else {
    image.repository = rest;
  }
  if (image.repository.empty() ||
      image.repository.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-/") != std::string::npos) {
    return std::nullopt;
  }
  return image;
}

}  // namespace causeway::op::demo
