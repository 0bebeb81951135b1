#include "apiserver/lfs/s3_store.hpp"

#include "apiserver/lfs/digest.hpp"
#include "base/encoding.hpp"

namespace causeway::api::lfs {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kExpiresIn = 3600;  // seconds

std::string raw_of(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

std::string checksum_of(const Object& object) {
  return base::base64_encode(raw_of(object.oid));
}

// What the client's program asks a store of: a path with a query.
std::string target_of(const std::string& href, const std::string& scheme, const std::string& host) {
  return href.substr(scheme.size() + 3 + host.size());
}

// As clients send it, and so as it is signed: without the scheme's own port.
std::string host_field(const base::Url& url) {
  std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  if (url.port != (url.scheme == "https" ? 443 : 80)) host += ":" + std::to_string(url.port);
  return host;
}

Result<void> judge(int status) {
  if (status == 200) return {};
  if (status == 404) return Error{ErrorCode::kNotFound, "the object is not there"};
  return Error{ErrorCode::kUnavailable, "the object store answers " + std::to_string(status)};
}

}  // namespace

Result<std::unique_ptr<S3Store>> S3Store::make(S3Options options, const base::Clock& clock) {
  const auto url = base::parse_url(options.url);
  if (!url || (url->scheme != "https" && url->scheme != "http") || url->path.size() < 2)
    return Error{ErrorCode::kInvalidArgument, "the URL of the object store has to be https://host/bucket[/prefix]"};
  if (options.credentials.access_key.empty() || options.credentials.secret_key.empty())
    return Error{ErrorCode::kInvalidArgument, "the object store's credentials are empty"};
  return std::unique_ptr<S3Store>(new S3Store(std::move(options), *url, clock));
}

S3Store::S3Store(S3Options options, const base::Url& url, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      scheme_(url.scheme),
      host_(host_field(url)),
      root_(url.path),
      http_({.base_url = scheme_ + "://" + host_}) {
  while (root_.ends_with('/')) root_.pop_back();
}

Action S3Store::presign(const char* method, const Object& object, std::map<std::string, std::string> headers) const {
  PresignedRequest request{.method = method,
                           .scheme = scheme_,
                           .host = host_,
                           .path = root_ + "/" + std::to_string(object.repository) + "/" + object.oid.substr(0, 2) +
                                   "/" + object.oid.substr(2, 2) + "/" + object.oid,
                           .headers = headers,
                           .region = options_.region,
                           .expires_in = kExpiresIn};
  return {presigned_url(request, options_.credentials, clock_.wall()), std::move(headers), kExpiresIn};
}

Action S3Store::upload(const Object& object, const std::string&) const {
  return presign("PUT", object, {{"x-amz-checksum-sha256", checksum_of(object)}});
}

Action S3Store::download(const Object& object, const std::string&) const {
  return presign("GET", object, {});
}

Result<void> S3Store::check(const Object& object, std::stop_token stop) const {
  const auto head = presign("HEAD", object, {{"x-amz-checksum-mode", "ENABLED"}});
  base::HttpRequest request{.method = "HEAD", .target = target_of(head.href, scheme_, host_)};
  for (const auto& [name, value] : head.header) request.headers.set(name, value);
  auto answer = http_.call(request, {.stop = stop});
  if (!answer) return Error{ErrorCode::kUnavailable, "the object store: " + answer.error().message};
  if (auto good = judge(answer->status); !good) return good;
  const auto length = answer->headers.get("Content-Length");
  if (!length || *length != std::to_string(object.size))
    return Error{ErrorCode::kInvalidArgument, "it has " + std::string(length.value_or("?")) + " bytes"};
  const auto checksum = answer->headers.get("x-amz-checksum-sha256");
  if (!checksum) return read_through(object, stop);
  if (*checksum != checksum_of(object)) return Error{ErrorCode::kInvalidArgument, "it has another SHA-256"};
  return {};
}

Result<void> S3Store::read_through(const Object& object, std::stop_token stop) const {
  Digest digest;
  const auto whole = static_cast<std::uint64_t>(object.size);
  const auto add = [&](std::string_view piece) {
    digest.add(piece);
    return Result<void>();
  };
  if (auto read_all = read(object, whole, add, std::move(stop)); !read_all) return read_all;
  if (digest.hex() != object.oid) return Error{ErrorCode::kInvalidArgument, "it has another SHA-256"};
  return {};
}

Result<void> S3Store::read(const Object& object, std::uint64_t most, const Sink& sink, std::stop_token stop) const {
  const auto get = presign("GET", object, {});
  auto left = most;
  Result<void> good;
  const auto done = http_.stream(
      {.target = target_of(get.href, scheme_, host_)},
      [&](const base::HttpResponse& head) {
        good = judge(head.status);
        return good.ok();
      },
      [&](std::string_view piece) {
        piece = piece.substr(0, left);
        left -= piece.size();
        good = sink(piece);
        return good.ok() && left > 0;
      },
      {.idle_timeout = std::chrono::seconds(30), .stop = std::move(stop)});
  if (!done) return Error{ErrorCode::kUnavailable, "the object store: " + done.error().message};
  return good;
}

}  // namespace causeway::api::lfs
