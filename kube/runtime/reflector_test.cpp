#include "kube/runtime/reflector.hpp"

#include <gtest/gtest.h>

namespace causeway::kube {
namespace {

using namespace std::chrono_literals;
using Objects = Reflector::Objects;
using List = Reflector::List;
using Watch = Reflector::Watch;
using Wait = Reflector::Wait;
using Kind = Reflector::Received::Kind;

Error status(int code, std::string reason = {}) {
  Error error;
  error.code = code;
  error.reason = std::move(reason);
  error.message = error.reason;
  return error;
}
Error too_large() {
  auto error = status(504, "Timeout");
  error.causes.push_back({.reason = "ResourceVersionTooLarge", .message = "Too large resource version", .field = {}});
  return error;
}
Error transport(base::ErrorCode code) {
  return Error::from_transport({code, "away"});
}

// A reflector and the time it is told.
struct Driven {
  explicit Driven(bool watch_list = false) : reflector({.watch_list = watch_list, .page_size = 500, .seed = 7}) {}

  Reflector::Step operator()(const Reflector::Event& event, base::Duration passed = 0s) {
    now += passed;
    last = reflector.resume(event, now);
    return last;
  }
  template <class A>
  A expect(const Reflector::Step& step) {
    const auto* action = std::get_if<A>(&step.next);
    EXPECT_NE(action, nullptr) << "another action: " << step.next.index();
    return action ? *action : A{};
  }
  // To where the watch after the first list is open, at version 10.
  Watch synced() {
    (*this)(Reflector::Started{});
    return expect<Watch>((*this)(Reflector::Listed{"10", ""}));
  }
  Reflector::Step object(const std::string& version, base::Duration passed = 0s) {
    return (*this)(Reflector::Received{Kind::kObject, version}, passed);
  }

  Reflector reflector;
  base::SteadyTime now{1h};
  Reflector::Step last;
};

TEST(Reflector, FirstListsWhateverTheServerHasAtHand) {
  Driven r;
  const auto list = r.expect<List>(r(Reflector::Started{}));
  EXPECT_EQ(list.resource_version, "0");
  EXPECT_EQ(list.limit, 500);
  EXPECT_TRUE(list.fresh);
  const auto step = r(Reflector::Listed{"10", ""});
  EXPECT_EQ(step.objects, Objects::kReplace);
  const auto watch = r.expect<Watch>(step);
  EXPECT_EQ(watch.resource_version, "10");
  EXPECT_FALSE(watch.initial_events);
}

TEST(Reflector, CollectsPagesBeforeItReplacesAnything) {
  Driven r;
  r(Reflector::Started{});
  auto step = r(Reflector::Listed{"10", "next"});
  EXPECT_EQ(step.objects, Objects::kNothing);
  const auto list = r.expect<List>(step);
  EXPECT_EQ(list.continue_, "next");
  EXPECT_EQ(list.resource_version, "") << "the server refuses a version beside a continue token";
  EXPECT_FALSE(list.fresh);
  EXPECT_EQ(r(Reflector::Listed{"10", ""}).objects, Objects::kReplace);
}

TEST(Reflector, AnExpiredPageBecomesAFullList) {
  Driven r;
  r(Reflector::Started{});
  r(Reflector::Listed{"10", "next"});
  const auto list = r.expect<List>(r(Reflector::ListFailed{status(410, "Expired")}));
  EXPECT_EQ(list.limit, 0);
  EXPECT_EQ(list.continue_, "");
  EXPECT_EQ(list.resource_version, "0");
  EXPECT_TRUE(list.fresh) << "the first page belongs to another snapshot";
}

TEST(Reflector, AppliesEventsAndRemembersTheirVersion) {
  Driven r;
  r.synced();
  const auto step = r.object("11");
  EXPECT_EQ(step.objects, Objects::kApply);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(step.next));
  EXPECT_EQ(r(Reflector::Received{Kind::kBookmark, "20"}).objects, Objects::kNothing);
  const auto watch = r.expect<Watch>(r(Reflector::WatchEnded{}, 6min));
  EXPECT_EQ(watch.resource_version, "20");
  EXPECT_FALSE(watch.initial_events) << "a watch that ended properly goes on where it was";
}

TEST(Reflector, WatchesForARandomFiveToTenMinutes) {
  Driven r;
  auto watch = r.synced();
  base::Duration shortest = 1h, longest = 0s;
  for (int i = 0; i < 200; ++i) {
    shortest = std::min(shortest, watch.timeout);
    longest = std::max(longest, watch.timeout);
    r.object(std::to_string(11 + i));
    watch = r.expect<Watch>(r(Reflector::WatchEnded{}, 6min));
  }
  EXPECT_GE(shortest, 5min);
  EXPECT_LE(longest, 10min);
  EXPECT_LT(shortest, 6min);
  EXPECT_GT(longest, 9min);
}

TEST(Reflector, RelistsAtTheLastSeenVersionAfterTheWatchExpired) {
  Driven r;
  r.synced();
  r.object("15");
  const auto wait = r.expect<Wait>(r(Reflector::WatchEnded{status(410, "Expired")}, 1min));
  EXPECT_GE(wait.duration, 800ms);
  EXPECT_LE(wait.duration, 1600ms);
  const auto list = r.expect<List>(r(Reflector::Waited{}, wait.duration));
  EXPECT_EQ(list.resource_version, "15") << "never older than what is here already";
  EXPECT_EQ(list.limit, 0) << "pages at an exact version would go past the server's cache";
}

TEST(Reflector, AsksForTheMostRecentWhenTheLastSeenVersionCannotBeListed) {
  for (const auto& error : {status(410, "Expired"), too_large()}) {
    Driven r;
    r.synced();
    r.expect<Wait>(r(Reflector::WatchEnded{status(410, "Expired")}));
    r.expect<List>(r(Reflector::Waited{}));
    auto list = r.expect<List>(r(Reflector::ListFailed{error}));
    EXPECT_EQ(list.resource_version, "");
    EXPECT_EQ(list.limit, 500);
    // It still fails: from here on with a wait.
    const auto wait = r.expect<Wait>(r(Reflector::ListFailed{error.code == 410 ? status(500) : error}));
    list = r.expect<List>(r(Reflector::Waited{}, wait.duration));
    EXPECT_EQ(list.resource_version, "");
    EXPECT_EQ(r.expect<Watch>(r(Reflector::Listed{"30", ""})).resource_version, "30");
    r.expect<Wait>(r(Reflector::WatchEnded{status(410, "Expired")}));
    EXPECT_EQ(r.expect<List>(r(Reflector::Waited{})).resource_version, "30") << "and then as ever";
  }
}

TEST(Reflector, AGatewayTimeoutIsNotTheSameAsTooLarge) {
  EXPECT_FALSE(too_large_resource_version(status(504, "Timeout")));
  EXPECT_TRUE(too_large_resource_version(too_large()));
  Driven r;
  r.synced();
  r.expect<Wait>(r(Reflector::WatchEnded{status(410, "Expired")}));
  r.expect<List>(r(Reflector::Waited{}));
  r.expect<Wait>(r(Reflector::ListFailed{status(504, "Timeout")}));
  EXPECT_EQ(r.expect<List>(r(Reflector::Waited{})).resource_version, "10");
}

TEST(Reflector, KeepsItsContentWhenThrottledOrCutOff) {
  for (const auto& error : {status(429, "TooManyRequests"), transport(base::ErrorCode::kConnect)}) {
    Driven r;
    r.synced();
    r.object("12");
    for (int i = 0; i < 20; ++i) {
      const auto wait = r.expect<Wait>(r(Reflector::WatchEnded{error}));
      const auto watch = r.expect<Watch>(r(Reflector::Waited{}, wait.duration));
      EXPECT_EQ(watch.resource_version, "12");
      EXPECT_FALSE(watch.initial_events);
    }
  }
}

TEST(Reflector, WaitsAsLongAsTheServerAsks) {
  Driven r;
  r.synced();
  auto throttled = status(429, "TooManyRequests");
  throttled.retry_after_seconds = 9;
  EXPECT_EQ(r.expect<Wait>(r(Reflector::WatchEnded{throttled})).duration, 9s);
}

TEST(Reflector, BacksOffFromEightHundredMillisecondsToThirtySeconds) {
  Driven r;
  r(Reflector::Started{});
  base::Duration expected = 800ms;
  for (int i = 0; i < 10; ++i) {
    const auto wait = r.expect<Wait>(r(Reflector::ListFailed{status(500)}));
    EXPECT_GE(wait.duration, expected) << i;
    EXPECT_LE(wait.duration, 2 * expected) << i;
    expected = std::min<base::Duration>(expected * 2, 30s);
    r.expect<List>(r(Reflector::Waited{}, wait.duration));
  }
  // Two quiet minutes, and it begins anew.
  const auto wait = r.expect<Wait>(r(Reflector::ListFailed{status(500)}, 3min));
  EXPECT_LE(wait.duration, 1600ms);
}

TEST(Reflector, AWatchThatEndsAtOnceIsAnError) {
  Driven r;
  r.synced();
  r.expect<Wait>(r(Reflector::WatchEnded{}, 10ms));
  EXPECT_TRUE(r.reflector.watch_was_short());
  EXPECT_EQ(r.expect<List>(r(Reflector::Waited{})).resource_version, "10");
}

TEST(Reflector, AShortWatchWithAnEventIsNone) {
  Driven r;
  r.synced();
  r.object("11");
  EXPECT_EQ(r.expect<Watch>(r(Reflector::WatchEnded{}, 10ms)).resource_version, "11");
  EXPECT_FALSE(r.reflector.watch_was_short());
}

TEST(Reflector, ABrokenOrSilentWatchGoesOnWhereItWas) {
  for (const auto code : {base::ErrorCode::kIo, base::ErrorCode::kTimeout}) {
    Driven r;
    r.synced();
    EXPECT_EQ(r.expect<Watch>(r(Reflector::WatchEnded{transport(code)}, 2min)).resource_version, "10");
  }
}

TEST(Reflector, ListsAgainWhenWatchesKeepFailingInTheServer) {
  Driven r;
  r.synced();
  for (int i = 0; i < 2; ++i) {
    r.expect<Wait>(r(Reflector::WatchEnded{status(500)}));
    r.expect<Watch>(r(Reflector::Waited{}));
  }
  r.expect<Wait>(r(Reflector::WatchEnded{status(500)}));
  r.expect<List>(r(Reflector::Waited{}));
}

TEST(ReflectorWatchList, CollectsUntilTheBookmarkAndReplacesAtOnce) {
  Driven r(true);
  const auto watch = r.expect<Watch>(r(Reflector::Started{}));
  EXPECT_TRUE(watch.initial_events);
  EXPECT_EQ(watch.resource_version, "");
  EXPECT_EQ(r.object("3").objects, Objects::kCollect);
  EXPECT_EQ(r(Reflector::Received{Kind::kBookmark, "4"}).objects, Objects::kNothing);
  EXPECT_EQ(r(Reflector::Received{Kind::kInitialEnd, "9"}).objects, Objects::kReplace);
  EXPECT_EQ(r.reflector.last_resource_version(), "9");
  EXPECT_EQ(r.object("10").objects, Objects::kApply);
  // And from then on an ordinary watch.
  const auto next = r.expect<Watch>(r(Reflector::WatchEnded{}, 5min));
  EXPECT_FALSE(next.initial_events);
  EXPECT_EQ(next.resource_version, "10");
}

TEST(ReflectorWatchList, FallsBackToAListWhenRefusedAndNeverAsksAgain) {
  Driven r(true);
  r(Reflector::Started{});
  EXPECT_EQ(r.expect<List>(r(Reflector::WatchEnded{status(422, "Invalid")})).resource_version, "0");
  r.expect<Watch>(r(Reflector::Listed{"10", ""}));
  r.expect<Wait>(r(Reflector::WatchEnded{status(410, "Expired")}));
  r.expect<List>(r(Reflector::Waited{}));
}

TEST(ReflectorWatchList, FallsBackToAListWhenTheEndNeverComes) {
  Driven r(true);
  const auto watch = r.expect<Watch>(r(Reflector::Started{}));
  r.object("3");
  r.expect<List>(r(Reflector::WatchEnded{}, watch.timeout));
  r.expect<Watch>(r(Reflector::Listed{"10", ""}));
  r.expect<Wait>(r(Reflector::WatchEnded{status(410, "Expired")}));
  r.expect<List>(r(Reflector::Waited{}));
}

TEST(ReflectorWatchList, FallsBackToAListBehindAProxyThatHoldsBackTheHeader) {
  Driven r(true);
  r(Reflector::Started{});
  r.expect<List>(r(Reflector::WatchEnded{transport(base::ErrorCode::kTimeout)}, 30s));
}

TEST(ReflectorWatchList, WaitsForAServerThatIsAwayOrBusy) {
  for (const auto& error :
       {transport(base::ErrorCode::kConnect), transport(base::ErrorCode::kIo), status(429), status(503)}) {
    Driven r(true);
    r(Reflector::Started{});
    r.object("3");
    const auto wait = r.expect<Wait>(r(Reflector::WatchEnded{error}));
    const auto watch = r.expect<Watch>(r(Reflector::Waited{}, wait.duration));
    EXPECT_TRUE(watch.initial_events);
    EXPECT_EQ(watch.resource_version, "") << "half of the content has not been seen";
  }
}

TEST(ReflectorWatchList, ReturnsToTheMostRecentWhenTheLastSeenExpired) {
  Driven r(true);
  r(Reflector::Started{});
  r(Reflector::Received{Kind::kInitialEnd, "9"});
  r.expect<Wait>(r(Reflector::WatchEnded{status(410, "Expired")}, 1min));
  EXPECT_EQ(r.expect<Watch>(r(Reflector::Waited{})).resource_version, "9");
  EXPECT_EQ(r.expect<Watch>(r(Reflector::WatchEnded{too_large()})).resource_version, "");
  r.expect<Wait>(r(Reflector::WatchEnded{too_large()}));
}

}  // namespace
}  // namespace causeway::kube
