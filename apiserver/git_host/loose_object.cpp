#include "apiserver/git_host/loose_object.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <optional>
#include <unistd.h>
#include <zlib.h>

#include "base/file_descriptor.hpp"

namespace causeway::api::git_host {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kMaxHeader = 32;  // "commit 18446744073709551615" and a NUL

// A file that is inflated as it is read.
class Inflating {
 public:
  explicit Inflating(const std::filesystem::path& file)
      : file_(file), fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)), open_error_(fd_ ? 0 : errno) {}
  ~Inflating() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;

  Result<void> open() {
    if (!fd_) return base::errno_error(open_error_, file_.string());
    if (inflateInit(&stream_) != Z_OK) return Error{ErrorCode::kInternal, "zlib cannot be used"};
    ready_ = true;
    return {};
  }

  // Fills `room`, or less at the end.
  Result<std::size_t> read(char* room, std::size_t size) {
    stream_.next_out = reinterpret_cast<Bytef*>(room);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out > 0 && !ended_) {
      if (stream_.avail_in == 0) {
        if (auto more = refill(); !more) return more.error();
      }
      const int code = inflate(&stream_, Z_NO_FLUSH);
      ended_ = code == Z_STREAM_END;
      if (code != Z_OK && code != Z_STREAM_END) return damaged("is no zlib stream");
    }
    return size - stream_.avail_out;
  }
  Error damaged(std::string_view why) const {
    return {ErrorCode::kProtocol, "the object in " + file_.string() + " " + std::string(why)};
  }

 private:
  Result<void> refill() {
    ssize_t size = 0;
    do {
      size = ::read(fd_.get(), input_.data(), input_.size());
    } while (size < 0 && errno == EINTR);
    if (size < 0) return base::errno_error(errno, file_.string());
    if (size == 0) return damaged("was cut short");
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(size);
    return {};
  }

  const std::filesystem::path& file_;
  base::FileDescriptor fd_;
  const int open_error_;
  z_stream stream_{};
  bool ready_ = false, ended_ = false;
  std::array<Bytef, 4096> input_;
};

// The header, and what came with it of the content.
Result<LooseObject> begin(Inflating& file) {
  if (auto opened = file.open(); !opened) return opened.error();
  std::string start(kMaxHeader, '\0');
  auto size = file.read(start.data(), start.size());
  if (!size) return size.error();
  start.resize(*size);
  const auto space = start.find(' '), end = start.find('\0');
  if (space == std::string::npos || end == std::string::npos || space > end) return file.damaged("has no header");
  LooseObject object;
  object.header.type = start.substr(0, space);
  const char* digits = start.data() + space + 1;
  const auto [stopped, error] = std::from_chars(digits, start.data() + end, object.header.size);
  const bool known = object.header.type == "blob" || object.header.type == "tree" || object.header.type == "commit" ||
                     object.header.type == "tag";
  if (!known || error != std::errc() || stopped != start.data() + end) return file.damaged("has no header");
  object.content = start.substr(end + 1);
  return object;
}

}  // namespace

Result<LooseHeader> read_loose_header(const std::filesystem::path& path) {
  Inflating file(path);
  auto object = begin(file);
  if (!object) return object.error();
  return std::move(object->header);
}

Result<LooseObject> read_loose_object(const std::filesystem::path& path) {
  Inflating file(path);
  auto object = begin(file);
  if (!object) return object;
  const auto size = object->header.size;
  if (size > kMaxLooseContent)
    return Error{ErrorCode::kInvalidArgument, "the object in " + path.string() + " has " + std::to_string(size) +
                                                  " bytes; at most " + std::to_string(kMaxLooseContent) + " are read"};
  // Grows with what is there, not with what a header promises.
  while (object->content.size() <= size) {
    constexpr std::size_t kStep = 256 * 1024;
    const auto before = object->content.size();
    object->content.resize(before + std::min<std::size_t>(kStep, size + 1 - before));
    auto more = file.read(object->content.data() + before, object->content.size() - before);
    if (!more) return more.error();
    object->content.resize(before + *more);
    if (*more == 0) break;
  }
  if (object->content.size() != size) return file.damaged("has another size than it says");
  return object;
}

}  // namespace causeway::api::git_host
