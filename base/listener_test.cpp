#include "base/listener.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/test_sockets.hpp"

namespace causeway::base {
namespace {

using test::RawSocket;

TEST(Listener, TakesAFreePort) {
  const auto listener = Listener::open("127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.error().message;
  EXPECT_NE(listener->port(), 0);
  EXPECT_NO_THROW(RawSocket::connect(listener->port()));
}

TEST(Listener, AllAddressesAndNames) {
  for (const char* listen : {":0", "localhost:0", "0.0.0.0:0"}) {
    const auto listener = Listener::open(listen);
    ASSERT_TRUE(listener.ok()) << listen << ": " << listener.error().message;
    EXPECT_NO_THROW(RawSocket::connect(listener->port())) << listen;
  }
}

TEST(Listener, SaysThatAPortIsTaken) {
  const auto first = Listener::open("127.0.0.1:0");
  const std::string same = "127.0.0.1:" + std::to_string(first->port());
  const auto second = Listener::open(same);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kAlreadyExists);
  EXPECT_NE(second.error().message.find(same), std::string::npos);
}

TEST(Listener, RefusesWhatIsNoAddress) {
  for (const char* listen :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "example.com:80", "::1:80", "1.2.3:x:80"}) {
    const auto listener = Listener::open(listen);
    ASSERT_FALSE(listener.ok()) << listen;
    EXPECT_EQ(listener.error().code, ErrorCode::kInvalidArgument) << listen;
  }
  EXPECT_EQ(Listener::open("192.0.2.1:0").error().code, ErrorCode::kInvalidArgument)
      << "not an address of this machine";
}

TEST(Listener, AUnixSocketIsOurUsersAloneAndGoesWithUs) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() / "s";
  {
    const auto listener = Listener::open("unix://" + path);
    ASSERT_TRUE(listener.ok()) << listener.error().message;
    EXPECT_EQ(listener->port(), 0);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_NO_THROW(RawSocket::connect_unix(path));
    const auto second = Listener::open("unix://" + path);
    ASSERT_FALSE(second.ok()) << "somebody listens";
    EXPECT_EQ(second.error().code, ErrorCode::kAlreadyExists);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Listener, ReplacesTheSocketOfAProcessThatIsGone) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() / "s", kept = folder.path() / "kept";
  {
    const auto dead = Listener::open("unix://" + path);
    ASSERT_EQ(::link(path.c_str(), kept.c_str()), 0);
  }
  ASSERT_EQ(::rename(kept.c_str(), path.c_str()), 0);
  EXPECT_TRUE(Listener::open("unix://" + path).ok());
}

TEST(Listener, TouchesNoFileThatIsNoSocket) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() / "precious";
  ASSERT_TRUE(write_file_atomic(path, "data").ok());
  EXPECT_FALSE(Listener::open("unix://" + path).ok());
  EXPECT_EQ(*read_file(path), "data");
}

TEST(Listener, LeavesTheSocketOfItsSuccessor) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() / "s";
  std::optional<Listener> first(*Listener::open("unix://" + path));
  ASSERT_EQ(::unlink(path.c_str()), 0);
  const auto second = Listener::open("unix://" + path);
  first.reset();
  EXPECT_NO_THROW(RawSocket::connect_unix(path));
}

}  // namespace
}  // namespace causeway::base
