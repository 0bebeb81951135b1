#pragma once
// Objects on this machine's disk, beneath the data folder of the repositories:
//
//   .lfs/objects/<aa>/<bb>/<oid>   whole objects, each once however many repositories have it
//   .lfs/incoming/                 uploads under way
//   .lfs/trash/                    what no repository has any more, for 30 days
//
// Which repositories have an object is the table's to say (object_table.hpp). An upload is read to its end even if the
// object is there already: who knows an oid alone must not get at what is another's.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "apiserver/lfs/byte_range.hpp"
#include "apiserver/lfs/object_store.hpp"
#include "base/clock.hpp"
#include "base/file_descriptor.hpp"

namespace causeway::api::lfs {

class Digest;

// One object while it comes in. Not thread-safe. What is not finished leaves nothing.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // kInvalidArgument: more than was said; kUnavailable: the disk is full; kIo.
  base::Result<void> write(std::string_view bytes);
  // The first `most` bytes of what was written, in pieces.
  base::Result<void> read(std::uint64_t most, const ObjectStore::Sink& sink) const;
  // kInvalidArgument: it is another size or has another hash. On success it is on the disk for good.
  base::Result<void> finish();

 private:
  friend class DiskStore;
  Upload(std::filesystem::path temporary, std::filesystem::path target, Object object);
  base::Result<void> open();

  const std::filesystem::path temporary_, target_;
  const Object object_;
  base::FileDescriptor file_;
  std::unique_ptr<Digest> digest_;
  std::int64_t written_ = 0;
};

// A part of a file into `sink`, in pieces of 256 KiB at most. kIo: it ends before, or cannot be read.
base::Result<void> copy(const base::FileDescriptor& file, const ByteRange& range,
                        const std::function<base::Result<void>(std::string_view)>& sink);

class DiskStore final : public ObjectStore {
 public:
  explicit DiskStore(std::filesystem::path data);

  Action upload(const Object& object, const std::string& own) const override;
  Action download(const Object& object, const std::string& own) const override;
  bool authenticated() const override { return false; }
  base::Result<void> check(const Object& object, std::stop_token stop) const override;
  base::Result<void> read(const Object& object, std::uint64_t most, const Sink& sink,
                          std::stop_token stop) const override;

  base::Result<std::unique_ptr<Upload>> receive(const Object& object) const;
  // For reading. kNotFound: the object is not there.
  base::Result<base::FileDescriptor> open(const std::string& oid) const;

  // Of some oids those that a repository has, or is about to have.
  using Needed = std::function<base::Result<std::set<std::string>>(const std::vector<std::string>& oids)>;
  struct Swept {
    std::size_t uploads = 0, trashed = 0, removed = 0;
  };
  // Tidies up: uploads that nobody goes on with, objects older than a day that no repository has. Both of `now`, which
  // is compared with what the file system says.
  base::Result<Swept> sweep(const Needed& needed, base::WallTime now, std::stop_token stop) const;

 private:
  std::filesystem::path place(const std::string& oid) const;
  const std::filesystem::path root_;
};

}  // namespace causeway::api::lfs
