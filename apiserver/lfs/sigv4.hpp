#pragma once
// AWS Signature Version 4 in the query of a URL ("presigned"), as S3 and what is compatible with it take it. Pure.

#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace causeway::api::lfs {

struct S3Credentials {
  std::string access_key, secret_key;
};

struct PresignedRequest {
  std::string method = "GET";
  std::string scheme = "https";
  std::string host;                                 // with the port, unless it is the scheme's own
  std::string path;                                 // "/bucket/key", not encoded
  std::map<std::string, std::string> headers = {};  // by lower-case name: what the client has to send as it is here
  std::string region = "us-east-1";
  std::string service = "s3";
  int expires_in = 3600;  // seconds, 604800 at most
};

std::string presigned_url(const PresignedRequest& request, const S3Credentials& credentials, base::WallTime now);

// The steps, as AWS' documentation names them; `date` is "20130524", `time` "20130524T000000Z".
std::string signing_key(std::string_view secret_key, std::string_view date, std::string_view region,
                        std::string_view service);
std::string canonical_request(std::string_view method, std::string_view encoded_path, std::string_view query,
                              const std::map<std::string, std::string>& headers, std::string_view payload_hash);
std::string string_to_sign(std::string_view time, std::string_view scope, std::string_view canonical);

}  // namespace causeway::api::lfs
