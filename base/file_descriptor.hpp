#pragma once
// Owning file descriptors, errno as an Error, and a descriptor that becomes readable with a stop token.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::base {

// "context: No such file or directory", with the code that fits the number (ENOENT: kNotFound, EACCES: kPermission, …).
Error errno_error(int number, std::string_view context);

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// fd() polls readable once the token is triggered, and stays so: puts a stop token into poll(2).
class StopDescriptor {
 public:
  explicit StopDescriptor(std::stop_token token);
  ~StopDescriptor();
  int fd() const { return event_.get(); }

 private:
  struct Callback;
  FileDescriptor event_;
  std::unique_ptr<Callback> callback_;
};

// Milliseconds for poll(2) until `deadline`, rounded up; -1 without a deadline.
int poll_timeout(std::optional<SteadyTime> deadline);

// `from + d` without overflow: a very long duration means the end of time.
SteadyTime saturating_add(SteadyTime from, Duration d);

}  // namespace causeway::base
