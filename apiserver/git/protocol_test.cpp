#include "apiserver/git/protocol.hpp"

#include <gtest/gtest.h>

namespace causeway::api::git {
namespace {

TEST(Protocol, GitProtocolIsKeysAndValuesOnly) {
  for (const char* good : {"version=2", "version=1", "version=2:agent=git-2.39.5", "a:b=1:c"}) {
    EXPECT_TRUE(valid_git_protocol(good)) << good;
  }
  for (const char* bad :
       {"", ":", "version=2:", ":version=2", "=2", "a=b=c", "version=2\n", "a b", "x=$(id)", "a=;b"}) {
    EXPECT_FALSE(valid_git_protocol(bad)) << bad;
  }
  EXPECT_FALSE(valid_git_protocol(std::string(257, 'a')));
}

TEST(Protocol, AnnouncementPrecedesAllButVersionTwoOfUploadPack) {
  EXPECT_EQ(announcement(Service::kUploadPack, ""), "001e# service=git-upload-pack\n0000");
  EXPECT_EQ(announcement(Service::kReceivePack, ""), "001f# service=git-receive-pack\n0000");
  EXPECT_EQ(announcement(Service::kUploadPack, "version=1"), "001e# service=git-upload-pack\n0000");
  EXPECT_EQ(announcement(Service::kUploadPack, "agent=x:version=2"), "");
  EXPECT_NE(announcement(Service::kUploadPack, "version=20"), "");
  EXPECT_NE(announcement(Service::kReceivePack, "version=2"), "") << "receive-pack has no version 2";
}

TEST(Protocol, ContentTypes) {
  EXPECT_EQ(advertisement_type(Service::kUploadPack), "application/x-git-upload-pack-advertisement");
  EXPECT_EQ(request_type(Service::kReceivePack), "application/x-git-receive-pack-request");
  EXPECT_EQ(result_type(Service::kReceivePack), "application/x-git-receive-pack-result");
}

}  // namespace
}  // namespace causeway::api::git
