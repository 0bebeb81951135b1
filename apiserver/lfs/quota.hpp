#pragma once
// How much people may keep, and how they are told. Pure.

#include <cstdint>
#include <optional>
#include <string>

namespace causeway::api::lfs {

// In bytes; 0: no limit.
struct Quota {
  std::int64_t object = std::int64_t{5} << 30;  // one object; what S3 takes in one request
  std::int64_t repository = 0;                  // all objects of a repository
  std::int64_t owner = 0;                       // all objects of an owner's repositories, each as often as it is in one
};

// What there is, uploads that were announced among it.
struct Used {
  std::int64_t repository = 0, owner = 0;
};

struct Excess {
  int status = 0;  // 413: no object may be so large; 507: there is no room for it
  std::string message;
};
// Whether an object of `size` more is too much; all numbers ≥ 0.
std::optional<Excess> excess(const Quota& quota, const Used& used, std::int64_t size);

std::string readable_size(std::int64_t bytes);  // "1.5 GiB"

}  // namespace causeway::api::lfs
