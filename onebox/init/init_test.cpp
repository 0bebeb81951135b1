// Probes and logs of an init.

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/files.hpp"
#include "base/http_server.hpp"
#include "onebox/init/probe.hpp"
#include "onebox/init/supervisor.hpp"

namespace causeway::onebox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string node(const std::string& ready, const std::string& heartbeat) {
  return R"({"status":{"conditions":[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":")" + ready +
         R"(","message":"because","lastHeartbeatTime":")" + heartbeat + R"("}]}})";
}

TEST(NodeReady, CountsOnlyWithAHeartbeatOfThisKubelet) {
  const auto started = *base::parse_time("2026-11-24T10:00:00.700000Z");
  EXPECT_TRUE(node_ready(node("True", "2026-11-24T10:00:00Z"), started));  // whole seconds
  EXPECT_TRUE(node_ready(node("True", "2026-11-24T10:00:05Z"), started));
  EXPECT_FALSE(node_ready(node("True", "2026-11-24T09:59:59Z"), started));
  auto refused = node_ready(node("False", "2026-11-24T10:00:05Z"), started);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("because"));
  EXPECT_FALSE(node_ready("{}", started));
  EXPECT_FALSE(node_ready("no json", started));
}

TEST(Probe, HttpWants200) {
  int status = 503;
  auto server =
      base::HttpServer::start({}, [&](const base::HttpRequest&) { return base::text_response(status, "hm"); });
  ASSERT_TRUE(server) << server.error().message;
  ProbeSpec spec;
  spec.kind = ProbeKind::Http;
  spec.url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/health";
  auto refused = probe(spec, {}, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("503"));
  status = 200;
  EXPECT_TRUE(probe(spec, {}, {}));
}

TEST(Probe, SocketWantsAListener) {
  base::TemporaryDirectory dir;
  ProbeSpec spec;
  spec.kind = ProbeKind::Socket;
  spec.path = (dir.path() / "s").string();
  EXPECT_FALSE(probe(spec, {}, {}));
  base::FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, spec.path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_FALSE(probe(spec, {}, {}));  // bound, not listening
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  EXPECT_TRUE(probe(spec, {}, {}));
}

TEST(CreateObjects, PassesOverThoseThatExist) {
  std::vector<std::string> posted;
  auto server = base::HttpServer::start({}, [&](const base::HttpRequest& request) {
    posted.push_back(request.target + " " + request.body);
    return base::json_response(posted.size() == 1 ? 409 : 201, "{}");
  });
  ASSERT_TRUE(server);
  ComponentSpec component;
  component.ready.kind = ProbeKind::Http;
  component.ready.url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/readyz";
  component.setup = {{"/apis/a", kube::json::object{{"n", 1}}}, {"/apis/b", kube::json::object{{"n", 2}}}};
  EXPECT_TRUE(create_objects(component, {}));
  EXPECT_THAT(posted, ElementsAre("/apis/a {\"n\":1}", "/apis/b {\"n\":2}"));
}

TEST(RotateLog, KeepsOneOldFileAndTheWritersDescriptorWorks) {
  base::TemporaryDirectory dir;
  const std::string file = (dir.path() / "x.log").string();
  base::FileDescriptor writer(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  ASSERT_EQ(::write(writer.get(), "0123456789", 10), 10);
  rotate_log(file, 10);
  EXPECT_FALSE(std::filesystem::exists(file + ".1"));  // not beyond the limit
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  rotate_log(file, 10);
  EXPECT_EQ(*base::read_file(file + ".1"), "0123456789x");
  ASSERT_EQ(::write(writer.get(), "new", 3), 3);
  EXPECT_EQ(*base::read_file(file), "new");
  rotate_log((dir.path() / "none").string(), 10);  // no such log: nothing happens
}

}  // namespace
}  // namespace causeway::onebox
