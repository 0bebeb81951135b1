#include "apiserver/git/inflate.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace causeway::api::git {
namespace {

std::string gzip(const std::string& plain) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, plain.size()) + 64, '\0');
  std::string in = plain;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

base::Result<std::string> inflate_in_pieces(const std::string& packed, std::size_t piece, std::uint64_t cap) {
  Inflater inflater(cap);
  std::string out;
  for (std::size_t at = 0; at < packed.size(); at += piece) {
    auto fed = inflater.feed(std::string_view(packed).substr(at, piece), [&](std::string_view block) {
      out += block;
      return base::Result<void>{};
    });
    if (!fed) return fed.error();
  }
  if (auto whole = inflater.finish(); !whole) return whole.error();
  return out;
}

TEST(Inflate, AnyCutGivesTheSameBytes) {
  std::string plain;
  for (int i = 0; i < 50'000; ++i) plain += "want " + std::to_string(i * 7919) + "\n";
  const auto packed = gzip(plain);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{17}, std::size_t{4096}, packed.size()}) {
    const auto out = inflate_in_pieces(packed, piece, plain.size());
    ASSERT_TRUE(out.ok()) << out.error().message;
    EXPECT_EQ(*out, plain) << piece;
  }
}

TEST(Inflate, StopsAtTheCap) {
  const auto packed = gzip(std::string(10 << 20, 'x'));  // a small bomb
  ASSERT_LT(packed.size(), 20'000u);
  const auto out = inflate_in_pieces(packed, packed.size(), 1 << 20);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, base::ErrorCode::kInvalidArgument);
}

TEST(Inflate, RefusesWhatIsNotGzipCutShortOrTooLong) {
  EXPECT_EQ(inflate_in_pieces("0000", 4, 1000).error().code, base::ErrorCode::kProtocol);
  const auto packed = gzip("hello");
  EXPECT_EQ(inflate_in_pieces(packed.substr(0, packed.size() - 3), 4, 1000).error().code, base::ErrorCode::kProtocol);
  EXPECT_EQ(inflate_in_pieces(packed + "tail", 4, 1000).error().code, base::ErrorCode::kProtocol);
  EXPECT_EQ(inflate_in_pieces("", 4, 1000).error().code, base::ErrorCode::kProtocol);
}

}  // namespace
}  // namespace causeway::api::git
