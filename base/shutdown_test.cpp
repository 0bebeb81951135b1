#include "base/shutdown.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <thread>
#include <unistd.h>

namespace causeway::base {
namespace {

TEST(ShutdownSignal, ASignalTriggersTheToken) {
  for (const int number : {SIGTERM, SIGINT}) {
    ShutdownSignal shutdown;
    EXPECT_FALSE(shutdown.token().stop_requested());
    ASSERT_EQ(::kill(::getpid(), number), 0);
    shutdown.wait();
    EXPECT_TRUE(shutdown.token().stop_requested());
  }
}

TEST(ShutdownSignal, TriggerIsLikeASignal) {
  ShutdownSignal shutdown;
  std::jthread other([&] { shutdown.trigger(); });
  shutdown.wait();
  EXPECT_TRUE(shutdown.token().stop_requested());
}

TEST(ShutdownSignal, WritingToAClosedPipeIsNoEnd) {
  const ShutdownSignal shutdown;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[1]);
}

TEST(ShutdownSignal, TheMaskComesBack) {
  sigset_t before, inside, after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    const ShutdownSignal shutdown;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &inside);
  }
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_TRUE(sigismember(&inside, SIGTERM) && sigismember(&inside, SIGINT));
  EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}

}  // namespace
}  // namespace causeway::base
