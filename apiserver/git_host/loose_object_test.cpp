#include "apiserver/git_host/loose_object.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <vector>
#include <zlib.h>

#include "base/files.hpp"

namespace causeway::api::git_host {
namespace {

struct LooseObjectTest : testing::Test {
  std::filesystem::path object(const std::string& bytes) const {
    std::vector<Bytef> packed(compressBound(bytes.size()));
    uLongf size = packed.size();
    EXPECT_EQ(compress(packed.data(), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()), Z_OK);
    return file({reinterpret_cast<const char*>(packed.data()), size});
  }
  std::filesystem::path file(const std::string& bytes) const {
    std::ofstream(folder.path() / "object", std::ios::binary) << bytes;
    return folder.path() / "object";
  }
  base::TemporaryDirectory folder{"causeway-loose"};
};

TEST_F(LooseObjectTest, OfAnySize) {
  for (const std::size_t size : {0u, 1u, 20u, 32u, 300'000u}) {
    const std::string content(size, 'x');
    const auto path = object("blob " + std::to_string(size) + '\0' + content);
    const auto header = read_loose_header(path);
    ASSERT_TRUE(header.ok()) << header.error().message;
    EXPECT_EQ(header->type, "blob");
    EXPECT_EQ(header->size, size);
    const auto read = read_loose_object(path);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_TRUE(read->content == content);
  }
}

TEST_F(LooseObjectTest, WhatIsNone) {
  const auto code = [](const std::filesystem::path& path) {
    const auto read = read_loose_object(path);
    return read ? "read" : std::string(base::to_string(read.error().code));
  };
  const std::string damaged(base::to_string(base::ErrorCode::kProtocol));
  EXPECT_EQ(code(folder.path() / "none"), base::to_string(base::ErrorCode::kNotFound));
  EXPECT_EQ(code(file("")), damaged);
  EXPECT_EQ(code(file("no zlib")), damaged);
  for (const std::string& bytes :
       {std::string(), std::string("blob"), std::string("blob 1"), std::string("blob x\0x", 8),
        std::string("blob -1\0x", 9), std::string("leaf 1\0x", 8), std::string("blob 2\0x", 8),
        std::string("blob 1\0xx", 9), std::string("blob 99999999999999999999\0x", 27)})
    EXPECT_EQ(code(object(bytes)), damaged) << bytes;
  EXPECT_EQ(code(object(std::string("blob 1000000000000\0x", 20))), base::to_string(base::ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace causeway::api::git_host
