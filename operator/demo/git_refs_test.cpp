#include "operator/demo/git_refs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/http_server.hpp"
#include "base/pki.hpp"
#include "operator/demo/pkt_line.hpp"

namespace causeway::op::demo {
namespace {

using ::testing::ElementsAre;

const std::string kA(40, 'a'), kB(40, 'b'), kC(40, 'c');

TEST(PktLine, DataAndSpecialPackets) {
  const auto packets = parse_packets("0009done\n0000000100020004");
  ASSERT_TRUE(packets.ok());
  ASSERT_EQ(packets->size(), 5u);
  EXPECT_EQ((*packets)[0].payload, "done\n");
  EXPECT_EQ((*packets)[1].kind, Packet::Kind::kFlush);
  EXPECT_EQ((*packets)[2].kind, Packet::Kind::kDelimiter);
  EXPECT_EQ((*packets)[3].kind, Packet::Kind::kResponseEnd);
  EXPECT_EQ((*packets)[4].payload, "");
  EXPECT_EQ(make_packet("done\n"), "0009done\n");
}

TEST(PktLine, RefusesWhatIsBroken) {
  for (const char* bad : {"000", "zzzz", "0003", "0009don", "-001", "+009done\n", " 009done\n"}) {
    EXPECT_FALSE(parse_packets(bad).ok()) << bad;
  }
}

TEST(GitRefs, AdvertisementOfVersionZeroAndOne) {
  const std::string body =
      make_packet("# service=git-upload-pack\n") + "0000" + make_packet("version 1\n") +
      make_packet(kA + " HEAD" + std::string(1, '\0') + "multi_ack symref=HEAD:refs/heads/main\n") +
      make_packet(kA + " refs/heads/main\n") + make_packet(kB + " refs/tags/v1\n") +
      make_packet(kC + " refs/tags/v1^{}\n") + "0000";
  EXPECT_FALSE(is_version_2(body));
  const auto refs = parse_advertisement(body);
  ASSERT_TRUE(refs.ok()) << refs.error().message;
  EXPECT_EQ(commit_of(*refs, "main"), kA);
  EXPECT_EQ(commit_of(*refs, "v1"), kC) << "the commit that the tag marks";
  EXPECT_EQ(commit_of(*refs, "refs/tags/v1"), kC);
  EXPECT_EQ(commit_of(*refs, "nothing"), std::nullopt);
  EXPECT_THAT(short_names(*refs), ElementsAre("main", "v1"));
}

TEST(GitRefs, EmptyRepositories) {
  const std::string body = make_packet("# service=git-upload-pack\n") + "0000" +
                           make_packet(std::string(40, '0') + " capabilities^{}" + std::string(1, '\0') + "agent=x\n") +
                           "0000";
  const auto refs = parse_advertisement(body);
  ASSERT_TRUE(refs.ok());
  EXPECT_TRUE(refs->empty());
  EXPECT_TRUE(parse_ls_refs("0000")->empty());
}

TEST(GitRefs, LsRefsOfVersionTwo) {
  const std::string body = make_packet("unborn HEAD symref-target:refs/heads/x\n") +
                           make_packet(kA + " refs/heads/main\n") +
                           make_packet(kB + " refs/tags/v1 peeled:" + kC + "\n") + "0000";
  const auto refs = parse_ls_refs(body);
  ASSERT_TRUE(refs.ok()) << refs.error().message;
  EXPECT_EQ(commit_of(*refs, "main"), kA);
  EXPECT_EQ(commit_of(*refs, "v1"), kC);
  EXPECT_TRUE(is_version_2(make_packet("# service=git-upload-pack\n") + "0000" + make_packet("version 2\n") + "0000"));
}

TEST(GitRefs, ErrorsAreErrors) {
  EXPECT_FALSE(parse_ls_refs(make_packet("ERR access denied")).ok());
  EXPECT_FALSE(parse_ls_refs(make_packet("nonsense\n")).ok());
  EXPECT_FALSE(parse_advertisement(make_packet("zzz refs/heads/x\n")).ok());
  EXPECT_FALSE(parse_advertisement("00").ok());
}

TEST(GitRefs, AsksInVersionTwoAndReadsTheAnswer) {
  std::string authorization, command;
  auto server = base::HttpServer::start(
      {.listen = "127.0.0.1:0"}, base::HttpServer::Handler([&](const base::HttpRequest& r) {
        base::HttpResponse response;
        if (r.path() == "/ada/x.git/info/refs") {
          authorization = r.headers.get("Authorization").value_or("");
          EXPECT_EQ(r.headers.get("Git-Protocol"), "version=2");
          response.headers.set("Content-Type", "application/x-git-upload-pack-advertisement");
          response.body = make_packet("# service=git-upload-pack\n") + "0000" + make_packet("version 2\n") + "0000";
        } else if (r.path() == "/ada/x.git/git-upload-pack") {
          command = r.body;
          response.headers.set("Content-Type", "application/x-git-upload-pack-result");
          response.body = make_packet(kA + " refs/heads/next\n") + "0000";
        } else {
          response.status = 404;
        }
        return response;
      }));
  ASSERT_TRUE(server.ok()) << server.error().message;
  const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port());
  const auto refs = list_refs(url + "/ada/x.git", GitCredential{"u", "p"}, "", {});
  ASSERT_TRUE(refs.ok()) << refs.error().message;
  EXPECT_EQ(commit_of(*refs, "next"), kA);
  EXPECT_EQ(authorization, "Basic dTpw");
  EXPECT_TRUE(parse_packets(command).ok());
  EXPECT_NE(command.find("ref-prefix refs/heads/"), std::string::npos);
  EXPECT_EQ(list_refs(url + "/ada/y.git", {}, "", {}).error().code, base::ErrorCode::kNotFound);
  const auto port = (*server)->port();
  (*server)->stop({});
  EXPECT_EQ(list_refs("http://127.0.0.1:" + std::to_string(port) + "/ada/x.git", {}, "", {}).error().code,
            base::ErrorCode::kConnect);
}

TEST(GitRefs, AnHttpsServerIsVerified) {
  const auto authority = *base::make_authority("test"), another = *base::make_authority("another");
  const auto leaf =
      *base::issue_certificate(authority, {.common_name = "git", .ip_addresses = {"127.0.0.1"}, .server = true});
  auto server =
      base::HttpServer::start({.tls = base::TlsServerOptions{leaf.cert_pem, leaf.key_pem}},
                              base::HttpServer::Handler([](const base::HttpRequest&) {
                                base::HttpResponse response;
                                response.headers.set("Content-Type", "application/x-git-upload-pack-advertisement");
                                response.body = make_packet(kA + " refs/heads/main\0") + "0000";
                                return response;
                              }));
  ASSERT_TRUE(server.ok()) << server.error().message;
  const std::string url = "https://127.0.0.1:" + std::to_string((*server)->port()) + "/ada/x.git";
  const auto refs = list_refs(url, {}, authority.cert_pem, {});
  ASSERT_TRUE(refs.ok()) << refs.error().message;
  EXPECT_EQ(commit_of(*refs, "main"), kA);
  const auto refused = list_refs(url, {}, another.cert_pem, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::ErrorCode::kConnect) << "to be asked again later";
  EXPECT_NE(refused.error().message.find("certificate"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace causeway::op::demo
