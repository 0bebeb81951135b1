#pragma once
// Something that a provider publishes, kept for a while: its metadata, its keys. Thread-safe.
//
// One thread asks at a time and the others wait for its answer, good or bad: a provider that does not answer is not
// asked again by each of them. Whatever people send us (tokens with made-up key names, say), it is asked once in
// `pause`.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "apiserver/oauth/failure.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

namespace causeway::api::oauth {

struct FetchTimes {
  base::Duration fresh = std::chrono::minutes(10);  // after this it is asked again
  base::Duration keep = std::chrono::hours(1);      // how long what is there goes on being used when asking fails
  base::Duration pause = std::chrono::seconds(10);  // between two questions
};

template <class T>
class Fetched {
 public:
  using Value = std::shared_ptr<const T>;
  using Fetch = std::function<Outcome<T>()>;

  explicit Fetched(const base::Clock& clock, FetchTimes times = {}) : clock_(clock), times_(times) {}

  Outcome<Value> get(const Fetch& fetch) {
    const std::lock_guard lock(mutex_);
    if (value_ && clock_.steady() - fetched_ < times_.fresh) return value_;
    return ask(fetch);
  }

  // What the provider has now, for somebody whom `known` does not help. It may be `known` again.
  Outcome<Value> newer_than(const Value& known, const Fetch& fetch) {
    const std::lock_guard lock(mutex_);
    if (value_ != known) return value_;
    return ask(fetch);
  }

 private:
  Outcome<Value> ask(const Fetch& fetch) {
    if (!asked_ || clock_.steady() - *asked_ >= times_.pause) {
      auto fetched = fetch();
      asked_ = clock_.steady();
      failure_.reset();
      if (fetched) {
        value_ = std::make_shared<const T>(std::move(*fetched));
        fetched_ = *asked_;
        return value_;
      }
      failure_ = fetched.error();
      base::log::warn("a sign-in provider was asked in vain", {{"error", failure_->message}});
    }
    if (value_ && clock_.steady() - fetched_ < times_.keep) return value_;
    return failure_ ? *failure_ : Failure{FailureKind::kUnavailable, "it was asked a moment ago"};
  }

  const base::Clock& clock_;
  const FetchTimes times_;
  std::mutex mutex_;
  Value value_;
  base::SteadyTime fetched_;
  std::optional<base::SteadyTime> asked_;
  std::optional<Failure> failure_;  // of the last question
};

}  // namespace causeway::api::oauth
