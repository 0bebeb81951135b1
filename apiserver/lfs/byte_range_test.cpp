#include "apiserver/lfs/byte_range.hpp"

#include <gtest/gtest.h>

namespace causeway::api::lfs {
namespace {

RangeAnswer of(std::string_view header, std::int64_t size = 100) {
  return answer_range(header, size);
}

TEST(ByteRange, WhatIsAskedForIsGiven) {
  EXPECT_EQ(of("bytes=0-9").range, (ByteRange{0, 10}));
  EXPECT_EQ(of("bytes=90-").range, (ByteRange{90, 10}));
  EXPECT_EQ(of("bytes=-10").range, (ByteRange{90, 10}));
  EXPECT_EQ(of("bytes=99-99").range, (ByteRange{99, 1}));
  EXPECT_EQ(of("bytes=50-99999999999999999999999").range, (ByteRange{50, 50}));
  EXPECT_EQ(of("bytes=-1000").range, (ByteRange{0, 100}));
  for (const char* header : {"bytes=0-9", "bytes=90-", "bytes=-10"}) EXPECT_EQ(of(header).status, 206) << header;
}

TEST(ByteRange, BeyondTheEndIsNothing) {
  for (const char* header : {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-"})
    EXPECT_EQ(of(header).status, 416) << header;
  EXPECT_EQ(of("bytes=0-", 0).status, 416);
  EXPECT_EQ(of("bytes=-5", 0).status, 416);
}

TEST(ByteRange, WhatCannotBeReadIsTheWhole) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=9-1", "bytes=0-1,5-6", "items=0-1", "bytes=a-b",
                             "bytes=1-b", "bytes=+1-2", "bytes= 1-2"}) {
    EXPECT_EQ(of(header).status, 200) << header;
    EXPECT_EQ(of(header).range, (ByteRange{0, 100})) << header;
  }
  EXPECT_EQ(answer_range(std::nullopt, 100).status, 200);
}

}  // namespace
}  // namespace causeway::api::lfs
