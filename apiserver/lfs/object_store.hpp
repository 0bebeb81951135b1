#pragma once
// Where the contents of objects are.

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::api::lfs {

// An object as one repository has it.
struct Object {
  std::int64_t repository = 0;  // id of its row
  std::string oid;              // valid_oid()
  std::int64_t size = 0;        // bytes
};

// What a client has to do with an object: a request to this address, with these header fields.
struct Action {
  std::string href;
  std::map<std::string, std::string> header = {};
  int expires_in = 0;  // seconds; 0: it does not
};

// Thread-safe. Implementations: DiskStore (through this server) and S3Store (the client talks with the store itself).
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // `own`: the address of this object on this server.
  virtual Action upload(const Object& object, const std::string& own) const = 0;
  virtual Action download(const Object& object, const std::string& own) const = 0;
  // The addresses prove by themselves who may use them: clients need not send their own proof there.
  virtual bool authenticated() const = 0;

  // After an upload, whether the object is there, whole. kNotFound: it is not; kInvalidArgument: it is another size or
  // content; kUnavailable, kIo: nobody knows.
  virtual base::Result<void> check(const Object& object, std::stop_token stop) const = 0;

  // The first `most` bytes of an object that is there, in pieces. kNotFound: it is not; kUnavailable, kIo; the sink's
  // error, with which it ends.
  using Sink = std::function<base::Result<void>(std::string_view)>;
  virtual base::Result<void> read(const Object& object, std::uint64_t most, const Sink& sink,
                                  std::stop_token stop) const = 0;
};

}  // namespace causeway::api::lfs
