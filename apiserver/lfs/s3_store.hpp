#pragma once
// Objects in an S3-compatible store, which clients talk with themselves by presigned URLs:
//
//   <prefix>/<repository's id>/<aa>/<bb>/<oid>
//
// Each repository has its own: the store does not tell us whether a client had the content or only its oid. An upload's
// URL is good for that content alone (x-amz-checksum-sha256 is signed); of stores that do not know this header, check()
// reads the object once.

#include "apiserver/lfs/object_store.hpp"
#include "apiserver/lfs/sigv4.hpp"
#include "base/clock.hpp"
#include "base/http_client.hpp"

namespace causeway::api::lfs {

struct S3Options {
  std::string url;  // "https://s3.eu-central-1.amazonaws.com/bucket/prefix": as clients reach it, path-style
  std::string region = "us-east-1";
  S3Credentials credentials;
};

class S3Store final : public ObjectStore {
 public:
  // kInvalidArgument: the URL is none of a bucket, or the credentials are empty.
  static base::Result<std::unique_ptr<S3Store>> make(S3Options options, const base::Clock& clock);

  Action upload(const Object& object, const std::string& own) const override;
  Action download(const Object& object, const std::string& own) const override;
  bool authenticated() const override { return true; }
  base::Result<void> check(const Object& object, std::stop_token stop) const override;
  base::Result<void> read(const Object& object, std::uint64_t most, const Sink& sink,
                          std::stop_token stop) const override;

 private:
  S3Store(S3Options options, const base::Url& url, const base::Clock& clock);
  Action presign(const char* method, const Object& object, std::map<std::string, std::string> headers) const;
  base::Result<void> read_through(const Object& object, std::stop_token stop) const;

  const S3Options options_;
  const base::Clock& clock_;
  std::string scheme_, host_, root_;
  mutable base::HttpClient http_;
};

}  // namespace causeway::api::lfs
