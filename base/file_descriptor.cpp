#include "base/file_descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace causeway::base {

Error errno_error(int number, std::string_view context) {
  ErrorCode code = ErrorCode::kIo;
  switch (number) {
    case ENOENT:
      code = ErrorCode::kNotFound;
      break;
    case EEXIST:
      code = ErrorCode::kAlreadyExists;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      code = ErrorCode::kPermission;
      break;
    case EINVAL:
    case ENAMETOOLONG:
    case EISDIR:
    case ENOTDIR:
      code = ErrorCode::kInvalidArgument;
      break;
    default:
      break;
  }
  return Error{code, std::string(context) + ": " + std::generic_category().message(number)};
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) reset(other.release());
  return *this;
}

int FileDescriptor::release() {
  return std::exchange(fd_, -1);
}

void FileDescriptor::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

struct StopDescriptor::Callback {
  struct Signal {
    int fd;
    void operator()() const noexcept {
      const std::uint64_t one = 1;
      // An eventfd refuses a write only at its maximum: it is readable then anyway.
      [[maybe_unused]] const ssize_t n = ::write(fd, &one, sizeof one);
    }
  };
  Callback(std::stop_token token, int fd) : on_stop(std::move(token), Signal{fd}) {}
  std::stop_callback<Signal> on_stop;
};

StopDescriptor::StopDescriptor(std::stop_token token) : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
  callback_ = std::make_unique<Callback>(std::move(token), event_.get());
}

StopDescriptor::~StopDescriptor() = default;

int poll_timeout(std::optional<SteadyTime> deadline) {
  if (!deadline) return -1;
  const auto now = std::chrono::steady_clock::now();
  if (*deadline <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
}

SteadyTime saturating_add(SteadyTime from, Duration d) {
  if (d > Duration::zero() && from > SteadyTime::max() - d) return SteadyTime::max();
  return from + d;
}

}  // namespace causeway::base
