#pragma once
// Files: whole reads, atomic writes, locks, temporary folders.

#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/result.hpp"

namespace causeway::base {

Result<std::string> read_file(const std::filesystem::path& path);
// Writes beside the target, fsyncs and renames: a reader sees the old content or the new, never half.
Result<void> write_file_atomic(const std::filesystem::path& path, std::string_view content, mode_t mode = 0644);

// A folder of our own under $TMPDIR, removed with everything in it.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(std::string_view prefix = "causeway");
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// flock(2) on a file; released by the destructor and by the death of the process.
class FileLock {
 public:
  static Result<FileLock> try_acquire(const std::filesystem::path& path);  // kUnavailable: somebody holds it
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace causeway::base
