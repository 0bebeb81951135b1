#include "apiserver/lfs/sigv4.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/http.hpp"

namespace causeway::api::lfs {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// "2013-05-24T00:00:00Z" → "20130524T000000Z"
std::string basic_time(base::WallTime now) {
  auto text = base::format_time(now);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string encode_path(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    out += base::percent_encode(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    out += '/';
    path.remove_prefix(slash + 1);
  }
  return out;
}

std::string signed_names(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

}  // namespace

std::string signing_key(std::string_view secret_key, std::string_view date, std::string_view region,
                        std::string_view service) {
  std::string key = "AWS4" + std::string(secret_key);
  for (const auto part : {date, region, service, std::string_view("aws4_request")}) key = base::hmac_sha256(key, part);
  return key;
}

std::string canonical_request(std::string_view method, std::string_view encoded_path, std::string_view query,
                              const std::map<std::string, std::string>& headers, std::string_view payload_hash) {
  std::string out;
  for (const auto line : {method, encoded_path, query}) (out += line) += '\n';
  for (const auto& [name, value] : headers) out += name + ":" + value + "\n";
  return out + "\n" + signed_names(headers) + "\n" + std::string(payload_hash);
}

std::string string_to_sign(std::string_view time, std::string_view scope, std::string_view canonical) {
  std::string out;
  for (const auto line : {kAlgorithm, time, scope}) (out += line) += '\n';
  return out + base::sha256_hex(canonical);
}

std::string presigned_url(const PresignedRequest& request, const S3Credentials& credentials, base::WallTime now) {
  const auto time = basic_time(now), date = time.substr(0, 8);
  const auto scope = date + "/" + request.region + "/" + request.service + "/aws4_request";
  auto headers = request.headers;
  headers["host"] = request.host;
  // In the order of their names, which is the canonical one.
  const std::map<std::string, std::string> parameters{{"X-Amz-Algorithm", std::string(kAlgorithm)},
                                                      {"X-Amz-Credential", credentials.access_key + "/" + scope},
                                                      {"X-Amz-Date", time},
                                                      {"X-Amz-Expires", std::to_string(request.expires_in)},
                                                      {"X-Amz-SignedHeaders", signed_names(headers)}};
  std::string query;
  for (const auto& [name, value] : parameters)
    query += (query.empty() ? "" : "&") + name + "=" + base::percent_encode(value);
  const auto path = encode_path(request.path);
  const auto canonical = canonical_request(request.method, path, query, headers, "UNSIGNED-PAYLOAD");
  const auto signature =
      base::hex_encode(base::hmac_sha256(signing_key(credentials.secret_key, date, request.region, request.service),
                                         string_to_sign(time, scope, canonical)));
  return request.scheme + "://" + request.host + path + "?" + query + "&X-Amz-Signature=" + signature;
}

}  // namespace causeway::api::lfs
