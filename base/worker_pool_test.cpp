#include "base/worker_pool.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <thread>

namespace causeway::base {
namespace {

TEST(WorkerPool, RunsJobsOnAllItsThreadsAtOnce) {
  std::latch together(3);
  WorkerPool pool("test", 3, 10);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.submit([&] { together.arrive_and_wait(); }));
  pool.stop();  // would hang if the three could not meet
  EXPECT_TRUE(together.try_wait());
}

TEST(WorkerPool, RefusesWhatTheQueueCannotHold) {
  std::binary_semaphore begun(0), go(0);
  std::atomic<int> done{0};
  WorkerPool pool("test", 1, 2);
  ASSERT_TRUE(pool.submit([&] {
    begun.release();
    go.acquire();
  }));
  begun.acquire();
  EXPECT_TRUE(pool.submit([&] { ++done; }));
  EXPECT_TRUE(pool.submit([&] { ++done; }));
  EXPECT_FALSE(pool.submit([&] { ++done; }));
  go.release();
  pool.stop();
  EXPECT_EQ(done, 2) << "what was queued is finished";
  EXPECT_FALSE(pool.submit([&] { ++done; })) << "after stop()";
  pool.stop();
}

TEST(WorkerPool, AnExceptionEndsTheJobAlone) {
  std::atomic<bool> after{false};
  testing::internal::CaptureStderr();
  {
    WorkerPool pool("test", 1, 10);
    pool.submit([] { throw std::runtime_error("broken job"); });
    pool.submit([] { throw 7; });
    pool.submit([&] { after = true; });
  }
  EXPECT_TRUE(after);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("broken job"), std::string::npos);
}

TEST(WorkerPool, SubmitFromManyThreads) {
  std::atomic<int> taken{0}, done{0};
  {
    WorkerPool pool("test", 4, 100'000);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 500; ++n) taken += pool.submit([&] { ++done; }) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(taken, 2000);
  EXPECT_EQ(done, 2000);
}

}  // namespace
}  // namespace causeway::base
