#include "base/files.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/file_descriptor.hpp"

namespace causeway::base {
namespace {

Error failure(std::string_view what, const std::filesystem::path& path, int number) {
  return errno_error(number, std::string(what) + " " + path.string());
}

Result<void> write_all(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return failure("cannot write", path, errno);
    }
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure("cannot read", path, errno);
  std::string content;
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && status.st_size > 0) {
    content.reserve(static_cast<std::size_t>(status.st_size) + 1);
  }
  char piece[16384];
  for (;;) {
    const ssize_t n = ::read(file.get(), piece, sizeof piece);
    if (n == 0) return content;
    if (n < 0) {
      if (errno == EINTR) continue;
      return failure("cannot read", path, errno);
    }
    content.append(piece, static_cast<std::size_t>(n));
  }
}

Result<void> write_file_atomic(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  // Hidden and in the same folder: rename(2) is atomic only within one file system.
  std::string temporary = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return failure("cannot write", path, errno);
  const auto abandon = [&](Error error) {
    ::unlink(temporary.c_str());
    return error;
  };
  if (::fchmod(file.get(), mode) != 0) return abandon(failure("cannot set the mode of", path, errno));
  if (auto written = write_all(file.get(), content, path); !written) return abandon(written.error());
  if (::fsync(file.get()) != 0) return abandon(failure("cannot write", path, errno));
  file.reset();
  if (::rename(temporary.c_str(), path.c_str()) != 0) return abandon(failure("cannot replace", path, errno));
  // The new name must survive a power cut too. Some file systems cannot sync a folder: the content is there anyway.
  if (const FileDescriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); parent) {
    ::fsync(parent.get());
  }
  return {};
}

TemporaryDirectory::TemporaryDirectory(std::string_view prefix) {
  std::string name = (std::filesystem::temp_directory_path() / (std::string(prefix) + ".XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make a temporary folder " + name);
  }
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<FileLock> FileLock::try_acquire(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file) return failure("cannot open the lock file", path, errno);
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      return Error{ErrorCode::kUnavailable, "another process holds the lock " + path.string()};
    }
    return failure("cannot lock", path, errno);
  }
  return FileLock(file.release());
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace causeway::base
