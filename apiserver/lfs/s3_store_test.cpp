#include "apiserver/lfs/s3_store.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/http_server.hpp"

namespace causeway::api::lfs {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

// A store that holds one object. What real ones do with signatures: tests/integration/web/lfs_s3_test.cpp.
class S3StoreTest : public testing::Test {
 protected:
  S3StoreTest() {
    server = base::HttpServer::start({}, base::HttpServer::Handler([this](const base::HttpRequest& request) {
                                       last = request;
                                       base::HttpResponse answer = base::text_response(status, content);
                                       if (!checksum.empty()) answer.headers.set("x-amz-checksum-sha256", checksum);
                                       return answer;
                                     }))
                 .value();
    store = S3Store::make({.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/bucket/lfs/",
                           .credentials = {"key", "secret"}},
                          base::system_clock())
                .value();
  }
  std::optional<ErrorCode> check(std::stop_token stop = {}) {
    const auto checked = store->check(object, stop);
    return checked ? std::nullopt : std::optional(checked.error().code);
  }

  int status = 200;
  std::string content = "weights", checksum;
  Object object{7, base::sha256_hex("weights"), 7};
  base::HttpRequest last;
  std::unique_ptr<base::HttpServer> server;
  std::unique_ptr<S3Store> store;
};

TEST_F(S3StoreTest, AnUploadIsGoodForOneContent) {
  const auto action = store->upload(object, "http://own");
  EXPECT_EQ(action.header.at("x-amz-checksum-sha256"), base::base64_encode(base::sha256("weights")));
  EXPECT_THAT(action.href, HasSubstr("/bucket/lfs/7/" + object.oid.substr(0, 2) + "/" + object.oid.substr(2, 2) + "/" +
                                     object.oid + "?"));
  EXPECT_EQ(action.expires_in, 3600);
  EXPECT_TRUE(store->download(object, "http://own").header.empty());
  EXPECT_NE(store->download(object, "").href, action.href);
}

TEST_F(S3StoreTest, AStoreThatKnowsTheHashIsBelieved) {
  checksum = base::base64_encode(base::sha256("weights"));
  EXPECT_EQ(check(), std::nullopt);
  EXPECT_EQ(last.method, "HEAD");
  EXPECT_EQ(last.headers.get("x-amz-checksum-mode"), "ENABLED");
  checksum = base::base64_encode(base::sha256("others"));
  EXPECT_EQ(check(), ErrorCode::kInvalidArgument);
}

TEST_F(S3StoreTest, OfOthersTheObjectIsRead) {
  EXPECT_EQ(check(), std::nullopt);
  EXPECT_EQ(last.method, "GET");
  content = "WEIGHTS";
  EXPECT_EQ(check(), ErrorCode::kInvalidArgument);
}

TEST_F(S3StoreTest, WhatIsNotThereOrNotWholeIsNot) {
  content = "weigh";
  EXPECT_EQ(check(), ErrorCode::kInvalidArgument);
  status = 404;
  EXPECT_EQ(check(), ErrorCode::kNotFound);
  status = 403;
  EXPECT_EQ(check(), ErrorCode::kUnavailable);
  server->stop({});
  EXPECT_EQ(check(), ErrorCode::kUnavailable);
}

TEST_F(S3StoreTest, OptionsAreLookedAt) {
  for (const char* url : {"", "s3.example", "ftp://s3.example/bucket", "https://s3.example", "https://s3.example/"})
    EXPECT_FALSE(S3Store::make({.url = url, .credentials = {"a", "b"}}, base::system_clock()).ok()) << url;
  EXPECT_FALSE(S3Store::make({.url = "https://s3.example/bucket"}, base::system_clock()).ok());
}

}  // namespace
}  // namespace causeway::api::lfs
