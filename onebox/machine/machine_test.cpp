#include <atomic>
#include <barrier>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

#include "base/files.hpp"
#include "base/http_client.hpp"
#include "base/http_server.hpp"
#include "base/process.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/command.hpp"
#include "onebox/machine/mount_points.hpp"
#include "onebox/machine/ports.hpp"
#include "onebox/machine/preload.hpp"
#include "onebox/machine/process_id.hpp"
#include "onebox/machine/socket_path.hpp"

namespace causeway::onebox {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ProcessStat, ReadsPastAnyName) {
  const std::string rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21";
  EXPECT_EQ(parse_stat("7 (plain)" + rest)->start_time, 4242);
  EXPECT_EQ(parse_stat("7 (a ) b (c) 1 2)" + rest)->start_time, 4242);
  EXPECT_EQ(parse_stat("7 (plain)" + rest)->state, 'S');
  EXPECT_FALSE(parse_stat(""));
  EXPECT_FALSE(parse_stat("7 (cut) S 1 2"));
}

// Two instances begin on a machine that has none yet.
TEST(MountPoints, OneThatAnotherMadeMeanwhileIsThere) {
  base::TemporaryDirectory dir;
  for (int round = 0; round < 200; ++round) {
    const auto path = dir.path() / std::to_string(round) / "kubelet";
    std::barrier begin(4);
    std::atomic<int> failed = 0;
    {
      std::vector<std::jthread> instances;
      for (int i = 0; i < 4; ++i)
        instances.emplace_back([&] {
          begin.arrive_and_wait();
          if (!ensure_mount_point(path)) ++failed;
        });
    }
    ASSERT_EQ(failed, 0);
  }
}

class PreloadTest : public ::testing::Test {
 protected:
  static void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static std::string read(const std::filesystem::path& path) { return base::read_file(path).value_or("none"); }
  void SetUp() override {
    write(given() / "blobs/layer", "layer");
    write(given() / "tags/one/link", "digest");
    std::filesystem::create_directory(given() / "ingest");
    std::filesystem::permissions(given() / "blobs", std::filesystem::perms::owner_all);
  }
  std::filesystem::path given() const { return dir_.path() / "given"; }
  Preload folders() const { return {.from = given(), .to = dir_.path() / "made", .own = {"tags"}}; }

  base::TemporaryDirectory dir_;
};

TEST_F(PreloadTest, FilesAreTheSameOnesExceptThoseThatChange) {
  write(folders().to.string() + ".new/half", "of one that was killed");
  ASSERT_TRUE(preload(folders()));
  const auto made = folders().to;
  EXPECT_TRUE(std::filesystem::equivalent(given() / "blobs/layer", made / "blobs/layer"));
  EXPECT_EQ(std::filesystem::status(made / "blobs").permissions(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(std::filesystem::is_empty(made / "ingest"));
  EXPECT_FALSE(std::filesystem::exists(made / "half"));
  write(made / "tags/one/link", "another digest");
  EXPECT_EQ(read(given() / "tags/one/link"), "digest");
}

TEST_F(PreloadTest, OnAnotherDiskAreCopies) {
  auto wanted = folders();
  wanted.to = std::filesystem::path("/dev/shm") / dir_.path().filename();
  ASSERT_TRUE(preload(wanted));
  EXPECT_EQ(read(wanted.to / "blobs/layer"), "layer");
  EXPECT_EQ(read(wanted.to / "tags/one/link"), "digest");
  std::filesystem::remove_all(wanted.to);
}

TEST_F(PreloadTest, WhatIsThereStaysAndNothingIsMadeOfNothing) {
  write(folders().to / "mine", "mine");
  ASSERT_TRUE(preload(folders()));
  EXPECT_FALSE(std::filesystem::exists(folders().to / "blobs"));
  std::filesystem::remove_all(folders().to);
  std::filesystem::remove_all(given());
  ASSERT_TRUE(preload(folders()));
  EXPECT_FALSE(std::filesystem::exists(folders().to));
}

TEST_F(PreloadTest, AnErrorLeavesNothing) {
  auto wanted = folders();
  wanted.own = {"database"};
  auto made = preload(wanted);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("given/database"));
  EXPECT_FALSE(std::filesystem::exists(wanted.to));
  EXPECT_FALSE(std::filesystem::exists(wanted.to.string() + ".new"));
}

base::Process sleeper() {
  base::ProcessSpec spec;
  spec.argv = {"sleep", "600"};
  return std::move(base::Process::spawn(spec)).value();
}

TEST(ProcessRecord, FindsTheProcessAndNoOther) {
  auto process = sleeper();
  auto record = identify(process.pid());
  ASSERT_TRUE(record);
  EXPECT_TRUE(open_process(*record));
  auto other_start = *record;
  other_start.start_time++;
  EXPECT_FALSE(open_process(other_start));  // the number was given to another process
  auto other_boot = *record;
  other_boot.boot = "00000000-0000-0000-0000-000000000000";
  EXPECT_FALSE(open_process(other_boot));  // the machine was started anew
  EXPECT_FALSE(open_process({}));
}

TEST(ProcessRecord, AZombieIsGone) {
  auto process = sleeper();
  auto record = identify(process.pid());
  ASSERT_TRUE(record);
  auto fd = open_process(*record);
  ASSERT_TRUE(fd);
  EXPECT_FALSE(wait_gone(*fd, 0s));
  process.signal(SIGKILL);
  EXPECT_TRUE(wait_gone(*fd, 10s));  // not reaped yet
  EXPECT_FALSE(open_process(*record));
}

TEST(EndProcess, KillsWhatIgnoresSigterm) {
  base::ProcessSpec spec;
  spec.argv = {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"};
  spec.out = base::ProcessSpec::Stream::kPipe;
  auto process = base::Process::spawn(spec);
  ASSERT_TRUE(process);
  char byte = 0;
  ASSERT_EQ(::read(process->out(), &byte, 1), 1);
  auto fd = open_process(*identify(process->pid()));
  ASSERT_TRUE(fd);
  EXPECT_TRUE(end_process(*fd, 100ms));
  EXPECT_EQ(process->wait(10s)->signal, SIGKILL);
}

constexpr std::string_view kHybrid =
    "26 25 0:23 / /sys/fs/cgroup rw,nosuid - tmpfs tmpfs rw,mode=755\n"
    "27 26 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "28 26 0:25 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory\n"
    "29 26 0:26 / /sys/fs/cgroup/systemd rw - cgroup systemd rw,xattr,name=systemd\n"
    "30 26 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n"
    "40 22 0:25 / /mnt/again rw - cgroup cgroup rw,memory\n";

TEST(CgroupMounts, OfAHybridMachineAreEachThereOnce) {
  const auto all = parse_cgroup_mounts(kHybrid);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].options, "cpu,cpuacct");
  EXPECT_THAT(all[0].controllers, ElementsAre("cpu", "cpuacct"));
  EXPECT_EQ(all[1].mount, "/sys/fs/cgroup/memory");
  EXPECT_EQ(all[2].options, "none,name=systemd");
  EXPECT_TRUE(all[2].controllers.empty());
  EXPECT_TRUE(all[3].v2);
}

TEST(CgroupMounts, OfAUnifiedMachineAreOne) {
  const auto all =
      parse_cgroup_mounts("29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].v2);
  EXPECT_EQ(all[0].mount, "/sys/fs/cgroup");
}

TEST(SocketPath, ReachesSocketsTooDeepForAnAddress) {
  base::TemporaryDirectory dir;
  auto deep = dir.path();
  for (int i = 0; i < 12; ++i) deep /= "a-folder-of-a-name";
  std::filesystem::create_directories(deep);
  auto path = SocketPath::of(deep / "control.sock");
  ASSERT_TRUE(path) << path.error().message;
  base::HttpServerOptions options;
  options.listen = path->url();
  auto server =
      base::HttpServer::start(options, [](const base::HttpRequest&) { return base::text_response(200, "hi"); });
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_TRUE(std::filesystem::is_socket(deep / "control.sock"));
  auto client_path = SocketPath::of(deep / "control.sock");
  base::HttpClientOptions client_options;
  client_options.base_url = client_path->url();
  base::HttpClient client(client_options);
  auto answer = client.call({});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "hi");
}

TEST(Command, QuotesWhatWasRunAndSaid) {
  auto failed = command({"sh", "-c", "echo no such thing >&2; exit 3"});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("no such thing"));
  EXPECT_THAT(failed.error().message, HasSubstr("`sh -c"));
  EXPECT_EQ(*command({"echo", "x"}), "x\n");
  EXPECT_FALSE(succeeds({"false"}));
  EXPECT_FALSE(succeeds({"no-such-program-anywhere"}));
}

TEST(PortFree, TellsATakenOne) {
  auto server = base::HttpServer::start({}, [](const base::HttpRequest&) { return base::HttpResponse{}; });
  ASSERT_TRUE(server);
  auto taken = check_port_free("127.0.0.1", (*server)->port(), Transport::kTcp);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(taken.error().message, HasSubstr(std::to_string((*server)->port())));
  EXPECT_TRUE(check_port_free("127.0.0.1", 0, Transport::kUdp));
}

}  // namespace
}  // namespace causeway::onebox
