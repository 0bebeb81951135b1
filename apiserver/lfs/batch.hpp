#pragma once
// The batch API of Git LFS (git-lfs, docs/api/batch.md): what a client wants to send or get, and how it does. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/git/refusal.hpp"
#include "apiserver/lfs/object_store.hpp"
#include "base/result.hpp"

namespace causeway::api::lfs {

inline constexpr std::string_view kMediaType = "application/vnd.git-lfs+json";
inline constexpr std::size_t kMaxObjects = 1000;     // of one request; git-lfs sends 100
inline constexpr std::size_t kMaxRequest = 1 << 20;  // bytes

enum class Operation { kDownload, kUpload };

// Why one object of several is not to be had.
struct ObjectError {
  int code = 0;  // as HTTP's
  std::string message;
};

struct WantedObject {
  std::string oid;
  std::int64_t size = 0;
  std::optional<ObjectError> error = {};  // the client was told nonsense about it
};

struct BatchRequest {
  Operation operation = Operation::kDownload;
  std::vector<WantedObject> objects;  // each oid once
};

// 413: too many objects; 422: what is wrong, and where; 409: another hash than SHA-256. What is wrong with one object
// is said of that one: an oid that is none, a size that cannot be.
base::Result<BatchRequest, git::Refusal> parse_batch(std::string_view body);

struct AnsweredObject {
  std::string oid;
  std::int64_t size = 0;
  bool authenticated = false;
  std::map<std::string, Action> actions = {};  // none: there is nothing to do
  std::optional<ObjectError> error = {};
};
std::string batch_answer(const std::vector<AnsweredObject>& objects);

// One object: of objects/verify.
base::Result<WantedObject, git::Refusal> parse_object(std::string_view body);

}  // namespace causeway::api::lfs
