#include "operator/repo/events_folder.hpp"

#include <condition_variable>
#include <fstream>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <thread>

#include "base/files.hpp"

namespace causeway::op::repo {
namespace {

TEST(EventsFolder, TellsEveryWriteOfAFile) {
  const base::TemporaryDirectory folder;
  const auto events = folder.path() / ".events";
  std::mutex mutex;
  std::condition_variable changed;
  std::multiset<std::string> names;
  int lost = 0;
  std::jthread follower([&](std::stop_token stop) {
    const auto followed = follow_folder(
        events,
        [&](const std::string& name) {
          const std::lock_guard lock(mutex);
          names.insert(name);
          changed.notify_all();
        },
        [&] {
          const std::lock_guard lock(mutex);
          ++lost;
          changed.notify_all();
        },
        stop);
    EXPECT_TRUE(followed.ok());
  });
  const auto wait_for = [&](const auto& condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(10), condition);
  };
  ASSERT_TRUE(wait_for([&] { return lost == 1; })) << "once at the start";
  std::ofstream(events / "u-ada.digits").flush();
  ASSERT_TRUE(wait_for([&] { return names.count("u-ada.digits") == 1; }));
  std::ofstream(events / "u-ada.digits").flush();
  ASSERT_TRUE(wait_for([&] { return names.count("u-ada.digits") == 2; }));
}

}  // namespace
}  // namespace causeway::op::repo
