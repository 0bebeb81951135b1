#include "base/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>
#include <vector>

namespace causeway::base::trace {
namespace {

constexpr auto kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr auto kSpan = "b7ad6b7169203331";

// Tracing is on while it lives.
struct Collected {
  Collected() {
    set_sink(std::make_shared<const Sink>([this](SpanData span) {
      const std::lock_guard lock(mutex);
      spans.push_back(std::move(span));
    }));
  }
  ~Collected() { set_sink(nullptr); }
  std::mutex mutex;
  std::vector<SpanData> spans;
};

TEST(Traceparent, ThereAndBack) {
  const auto text = "00-" + std::string(kTrace) + "-" + kSpan + "-01";
  const auto context = parse_traceparent(text);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, kTrace);
  EXPECT_EQ(context->span_id, kSpan);
  EXPECT_EQ(traceparent(*context), text);
}

TEST(Traceparent, WhatIsNotOneIsIgnored) {
  const std::string trace = kTrace, span = kSpan;
  for (const auto& wrong :
       {std::string(), std::string("00"), "00-" + trace + "-" + span, "00-" + trace + "-" + span + "-01-more",
        "ff-" + trace + "-" + span + "-01", "00-" + std::string(32, '0') + "-" + span + "-01",
        "00-" + trace + "-" + std::string(16, '0') + "-01", "00-" + trace.substr(1) + "G-" + span + "-01",
        "00_" + trace + "-" + span + "-01", "0A-" + trace + "-" + span + "-01"}) {
    EXPECT_FALSE(parse_traceparent(wrong)) << wrong;
  }
  // A later version may say more behind.
  EXPECT_TRUE(parse_traceparent("01-" + trace + "-" + span + "-01-more"));
}

TEST(Trace, OffMakesNothing) {
  const Span span("work");
  EXPECT_FALSE(current());
}

TEST(Trace, SpansNest) {
  Collected collected;
  {
    Span outer("outer");
    outer.set("demo", "ada/digits");
    {
      Span inner("inner");
      inner.fail("no");
      EXPECT_EQ(current()->trace_id.size(), 32u);
    }
  }
  EXPECT_FALSE(current());
  ASSERT_EQ(collected.spans.size(), 2u);
  const auto &inner = collected.spans[0], &outer = collected.spans[1];
  EXPECT_EQ(inner.name, "inner");
  EXPECT_EQ(inner.error, "no");
  EXPECT_EQ(inner.parent_span_id, outer.context.span_id);
  EXPECT_EQ(inner.context.trace_id, outer.context.trace_id);
  EXPECT_EQ(outer.parent_span_id, "");
  EXPECT_EQ(outer.attributes.at("demo").as_string(), "ada/digits");
  EXPECT_LE(outer.start, inner.start);
  EXPECT_GE(outer.end, inner.end);
}

TEST(Trace, AGivenParentGoesBeforeTheThreads) {
  Collected collected;
  {
    const Span outer("outer");
    const Span other("other", Context{kTrace, kSpan});
  }
  EXPECT_EQ(collected.spans[0].context.trace_id, kTrace);
  EXPECT_EQ(collected.spans[0].parent_span_id, kSpan);
  EXPECT_NE(collected.spans[1].context.trace_id, kTrace);
}

TEST(Trace, ThreadsHaveTracesOfTheirOwn) {
  Collected collected;
  {
    const Span here("here");
    std::jthread([] { const Span there("there"); });
  }
  ASSERT_EQ(collected.spans.size(), 2u);
  EXPECT_EQ(collected.spans[0].parent_span_id, "");
  EXPECT_NE(collected.spans[0].context.trace_id, collected.spans[1].context.trace_id);
}

}  // namespace
}  // namespace causeway::base::trace
