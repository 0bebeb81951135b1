#include "apiserver/lfs/disk_store.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apiserver/lfs/digest.hpp"
#include "base/encoding.hpp"

namespace causeway::api::lfs {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr auto kAbandoned = std::chrono::hours(24);
constexpr auto kTrash = std::chrono::hours(24 * 30);
constexpr std::size_t kAsked = 500;  // oids of one question to the database

bool is_full(int number) {
  return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

Error failed(const std::string& what) {
  const int number = errno;
  if (is_full(number)) return {ErrorCode::kUnavailable, "the server's disk has no room for it"};
  return base::errno_error(number, what);
}

Result<void> make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return {};
  errno = error.value();
  return failed(path.string());
}

Result<void> sync_folder(const fs::path& path) {
  const base::FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return failed(path.string());
  return {};
}

// How long ago a file was changed; nullopt: it is not there.
std::optional<base::Duration> age(const fs::path& file, base::WallTime now) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return now - base::WallTime(std::chrono::seconds(status.st_mtim.tv_sec));
}

// Calls `visit` with each file below `folder`, as long as nobody stops it. Files that come or go meanwhile are seen or
// not.
Result<void> each_file(const fs::path& folder, const std::stop_token& stop,
                       const std::function<Result<void>(const fs::path&)>& visit) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (const fs::recursive_directory_iterator end; !error && at != end && !stop.stop_requested(); at.increment(error)) {
    std::error_code gone;
    if (at->symlink_status(gone).type() != fs::file_type::regular) continue;
    if (auto visited = visit(at->path()); !visited) return visited;
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return Error{ErrorCode::kIo, folder.string() + ": " + error.message()};
  return {};
}

ByteRange beginning(std::int64_t size, std::uint64_t most) {
  return {0, static_cast<std::int64_t>(std::min(static_cast<std::uint64_t>(size), most))};
}

}  // namespace

Upload::Upload(fs::path temporary, fs::path target, Object object)
    : temporary_(std::move(temporary)),
      target_(std::move(target)),
      object_(std::move(object)),
      digest_(std::make_unique<Digest>()) {}

Upload::~Upload() {
  if (file_) ::unlink(temporary_.c_str());
}

Result<void> Upload::open() {
  file_.reset(::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!file_) return failed(temporary_.string());
  // A disk that is too small says so now and not after gigabytes. Not every file system can.
  if (object_.size > 0 && ::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, 0, object_.size) != 0 && is_full(errno))
    return failed(temporary_.string());
  return {};
}

Result<void> Upload::write(std::string_view bytes) {
  if (static_cast<std::int64_t>(bytes.size()) > object_.size - written_)
    return Error{ErrorCode::kInvalidArgument,
                 "there is more of it than the " + std::to_string(object_.size) + " bytes of the batch request"};
  digest_->add(bytes);
  written_ += static_cast<std::int64_t>(bytes.size());
  while (!bytes.empty()) {
    const auto size = ::write(file_.get(), bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed(temporary_.string());
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

Result<void> Upload::read(std::uint64_t most, const ObjectStore::Sink& sink) const {
  return copy(file_, beginning(written_, most), sink);
}

Result<void> Upload::finish() {
  if (written_ != object_.size)
    return Error{ErrorCode::kInvalidArgument, "it has " + std::to_string(written_) + " bytes and not the " +
                                                  std::to_string(object_.size) + " of the batch request"};
  if (const auto hash = digest_->hex(); hash != object_.oid)
    return Error{ErrorCode::kInvalidArgument, "its SHA-256 is " + hash + " and not " + object_.oid};
  if (::fsync(file_.get()) != 0) return failed(temporary_.string());
  if (auto made = make_folder(target_.parent_path()); !made) return made;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return failed(target_.string());
  file_.reset();
  // The file's name, and those of the folders that may be new.
  for (auto folder = target_.parent_path();; folder = folder.parent_path()) {
    if (auto synced = sync_folder(folder); !synced) return synced;
    if (folder.filename() == "objects") return {};
  }
}

Result<void> copy(const base::FileDescriptor& file, const ByteRange& range,
                  const std::function<Result<void>(std::string_view)>& sink) {
  std::vector<char> piece(256 * 1024);
  auto at = range.first;
  for (auto left = range.length; left > 0;) {
    const auto wanted = std::min<std::int64_t>(left, static_cast<std::int64_t>(piece.size()));
    const auto size = ::pread(file.get(), piece.data(), static_cast<std::size_t>(wanted), at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed("the object");
    if (size == 0) return Error{ErrorCode::kIo, "the object is shorter than it was"};
    if (auto taken = sink({piece.data(), static_cast<std::size_t>(size)}); !taken) return taken;
    at += size;
    left -= size;
  }
  return {};
}

DiskStore::DiskStore(fs::path data) : root_(std::move(data) / ".lfs") {}

fs::path DiskStore::place(const std::string& oid) const {
  return root_ / "objects" / oid.substr(0, 2) / oid.substr(2, 2) / oid;
}

Action DiskStore::upload(const Object&, const std::string& own) const {
  return {own};
}

Action DiskStore::download(const Object&, const std::string& own) const {
  return {own};
}

Result<void> DiskStore::check(const Object& object, std::stop_token) const {
  // Its hash was found right before it got its name.
  struct stat status {};
  if (::stat(place(object.oid).c_str(), &status) != 0) return failed("the object");
  if (status.st_size != object.size)
    return Error{ErrorCode::kInvalidArgument, "it has " + std::to_string(status.st_size) + " bytes"};
  return {};
}

Result<void> DiskStore::read(const Object& object, std::uint64_t most, const Sink& sink, std::stop_token) const {
  const auto file = open(object.oid);
  if (!file) return file.error();
  return copy(*file, beginning(object.size, most), sink);
}

Result<std::unique_ptr<Upload>> DiskStore::receive(const Object& object) const {
  const auto incoming = root_ / "incoming";
  if (auto made = make_folder(incoming); !made) return made.error();
  if (auto made = make_folder(root_ / "objects"); !made) return made.error();
  std::unique_ptr<Upload> upload(
      new Upload(incoming / (object.oid.substr(0, 16) + "-" + base::random_hex(16)), place(object.oid), object));
  if (auto opened = upload->open(); !opened) return opened.error();
  return upload;
}

Result<base::FileDescriptor> DiskStore::open(const std::string& oid) const {
  base::FileDescriptor file(::open(place(oid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failed("the object");
  return file;
}

Result<DiskStore::Swept> DiskStore::sweep(const Needed& needed, base::WallTime now, std::stop_token stop) const {
  Swept swept;
  const auto remove_older = [&](const char* folder, base::Duration limit, std::size_t& count) {
    return each_file(root_ / folder, stop, [&](const fs::path& file) -> Result<void> {
      const auto old = age(file, now);
      if (old && *old > limit && ::unlink(file.c_str()) == 0) ++count;
      return {};
    });
  };
  if (auto done = remove_older("incoming", kAbandoned, swept.uploads); !done) return done.error();
  if (auto done = remove_older("trash", kTrash, swept.removed); !done) return done.error();

  std::vector<std::string> old;
  const auto judge = [&]() -> Result<void> {
    const auto asked = std::exchange(old, {});
    auto kept = needed(asked);
    if (!kept) return kept.error();
    for (const auto& oid : asked) {
      if (kept->contains(oid)) continue;
      const auto trash = root_ / "trash" / oid;
      if (::rename(place(oid).c_str(), trash.c_str()) != 0) continue;
      // Somebody may have come to need it meanwhile. Whoever uploads has written that down before, so that it is seen
      // here; the file goes back, and what an upload has put there since is the same.
      auto still = needed({oid});
      if (!still || still->contains(oid)) {
        if (::rename(trash.c_str(), place(oid).c_str()) != 0) return failed(place(oid).string());
        if (!still) return still.error();
        continue;
      }
      ::utimensat(AT_FDCWD, trash.c_str(), nullptr, 0);  // it counts from now on
      ++swept.trashed;
    }
    return {};
  };
  if (auto made = make_folder(root_ / "trash"); !made) return made.error();
  auto walked = each_file(root_ / "objects", stop, [&](const fs::path& file) -> Result<void> {
    const auto since = age(file, now);
    if (since && *since > kAbandoned) old.push_back(file.filename().string());
    return old.size() < kAsked ? Result<void>() : judge();
  });
  if (!walked) return walked.error();
  if (!old.empty() && !stop.stop_requested()) {
    if (auto judged = judge(); !judged) return judged.error();
  }
  return swept;
}

}  // namespace causeway::api::lfs
