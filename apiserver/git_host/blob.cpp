#include "apiserver/git_host/blob.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

#include "apiserver/git/environment.hpp"
#include "base/process.hpp"

namespace causeway::api::git_host {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kBinaryLooksAt = 8000;  // git's buffer_is_binary()

using Sink = std::function<bool(std::string_view)>;

Result<void> stream_in_process(git_repository* repository, const Blob& blob, std::uint64_t offset, std::uint64_t length,
                               const Sink& sink) {
  OdbPtr odb;
  OdbObjectPtr object;
  if (const int code = own(odb, [&](auto** out) { return git_repository_odb(out, repository); }); code < 0)
    return library_error(code, "opening the objects");
  if (const int code = own(object, [&](auto** out) { return git_odb_read(out, odb.get(), &blob.id); }); code < 0)
    return library_error(code, "the object " + to_id(blob.id));
  std::string_view bytes(static_cast<const char*>(git_odb_object_data(object.get())),
                         git_odb_object_size(object.get()));
  bytes = bytes.substr(std::min<std::uint64_t>(offset, bytes.size()), length);
  while (!bytes.empty()) {
    if (!sink(bytes.substr(0, kPiece))) return {};
    bytes.remove_prefix(std::min(kPiece, bytes.size()));
  }
  return {};
}

// Of a git that gave less than it should have.
Error cut_short(base::Process& process, const Blob& blob, const std::stop_token& stop) {
  std::array<char, 1024> said{};
  const ssize_t size = ::read(process.err(), said.data(), said.size());
  const std::string_view why(said.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  const auto object = "the object " + to_id(blob.id);
  if (why.find("ut of memory") != std::string_view::npos)
    return {ErrorKind::kTooLarge, object + " of " + std::to_string(blob.size) +
                                      " bytes is packed as a difference that takes more memory than a git may have"};
  const auto ended = process.wait(std::chrono::seconds(10), stop);
  return {ErrorKind::kCorrupt,
          object + " cannot be read whole (git cat-file: " + (ended ? ended->describe() : ended.error().message) + ")"};
}

Result<void> stream_from_child(const Opened& repository, const Blob& blob, std::uint64_t offset, std::uint64_t length,
                               const Sink& sink, const std::stop_token& stop) {
  base::ProcessSpec spec;
  // Beyond the threshold git streams instead of loading.
  spec.argv = {"git",
               "-c",
               "safe.directory=" + repository.directory.string(),
               "-c",
               "core.bigFileThreshold=1m",
               "--git-dir",
               repository.directory.string(),
               "cat-file",
               "blob",
               to_id(blob.id)};
  spec.env = git::clean_environment();
  spec.out = base::ProcessSpec::Stream::kPipe;
  spec.err = base::ProcessSpec::Stream::kPipe;
  git::limit(spec, repository.limits);
  auto spawned = base::Process::spawn(spec);
  if (!spawned) return Error{ErrorKind::kUnavailable, "git cat-file: " + spawned.error().message};
  base::Process process = std::move(*spawned);
  const std::stop_callback on_stop(stop, [&process] { process.signal_group(SIGKILL); });

  std::array<char, kPiece> piece{};
  while (length > 0) {
    const ssize_t size = ::read(process.out(), piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (stop.stop_requested()) return Error{ErrorKind::kCancelled, "reading the file was stopped"};
    if (size < 0) return Error{ErrorKind::kUnavailable, std::string("reading from git: ") + std::strerror(errno)};
    if (size == 0) return cut_short(process, blob, stop);
    std::string_view bytes(piece.data(), static_cast<std::size_t>(size));
    const auto skipped = std::min<std::uint64_t>(offset, bytes.size());
    bytes.remove_prefix(skipped);
    offset -= skipped;
    bytes = bytes.substr(0, length);
    length -= bytes.size();
    if (!bytes.empty() && !sink(bytes)) return {};
  }
  return {};  // what follows is not wanted: the child ends with its owner
}

}  // namespace

Result<void> stream_blob(const Opened& repository, const Blob& blob, const ByteRange& range, const Sink& sink,
                         const std::stop_token& stop) {
  if (range.offset >= blob.size) return {};
  const auto length = std::min(range.length.value_or(blob.size), blob.size - range.offset);
  if (length == 0) return {};
  if (blob.size <= kReadInProcess) {
    auto read = stream_in_process(repository.get(), blob, range.offset, length, sink);
    // Before a byte of it came: unpacked whole, or not at all.
    if (read || read.error().kind != ErrorKind::kTooLarge) return read;
  }
  return stream_from_child(repository, blob, range.offset, length, sink, stop);
}

bool looks_binary(std::string_view bytes) {
  return bytes.substr(0, kBinaryLooksAt).find('\0') != std::string_view::npos;
}

Result<bool> is_binary(const Opened& repository, const Blob& blob) {
  bool found = false;
  auto looked = stream_blob(repository, blob, {0, kBinaryLooksAt},
                            [&](std::string_view bytes) {
                              found = found || bytes.find('\0') != std::string_view::npos;
                              return !found;
                            },
                            {});
  if (!looked) return looked.error();
  return found;
}

}  // namespace causeway::api::git_host
