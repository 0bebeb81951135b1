#pragma once
// Passwords that became known: a file of their SHA-1 hashes, as Have I Been Pwned offers it, looked up where it lies.
// It may be of any size: a lookup is a binary search, some 35 reads of a file of 40 GB, and nothing of it stays in
// memory.
//
//   000000005AD76BD555C1D6D771DE417A4B87E4B4:10
//   00000000A8DAE4228F821FB418F59826079BF368:4
//
// 40 hexadecimal digits of either case, perhaps with ":" and how often, in ascending order; lines end with LF or CRLF,
// the last one perhaps not.
//
// (SHA-1 is what the file has. It says what is looked for, and no password is kept that way.) Thread-safe.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace causeway::api::account {

class BreachedPasswords {
 public:
  // Looks at its beginning, its end and some places between. kInvalidArgument: it is empty, no file, or not as above;
  // others: it cannot be read. What was opened stays the one: another file of its name is for the next start.
  static base::Result<std::unique_ptr<BreachedPasswords>> open(const std::filesystem::path& path);

  // An error: the file cannot be read any more, or is not in order where it was looked at.
  base::Result<bool> contains(std::string_view password) const;
  // `hash`: 20 raw bytes.
  base::Result<bool> contains_hash(std::string_view hash) const;

 private:
  struct Line {
    std::uint64_t begin = 0, end = 0;  // where it is, and where the next one is
    std::string hash;
  };
  BreachedPasswords(std::filesystem::path path, base::FileDescriptor file, std::uint64_t size)
      : path_(std::move(path)), file_(std::move(file)), size_(size) {}

  base::Result<void> look_around() const;
  // The first line that begins there or behind; nullopt: there is none.
  base::Result<std::optional<Line>> line_from(std::uint64_t at) const;
  base::Result<std::string> read(std::uint64_t at, std::size_t size) const;
  base::Error wrong(std::uint64_t at, std::string_view what) const;

  const std::filesystem::path path_;
  const base::FileDescriptor file_;
  const std::uint64_t size_;
};

}  // namespace causeway::api::account
