#include "apiserver/lfs/quota.hpp"

#include <cstdio>

namespace causeway::api::lfs {
namespace {

bool beyond(std::int64_t limit, std::int64_t used, std::int64_t size) {
  return limit > 0 && (used > limit || size > limit - used);
}

std::string no_room(const char* of, std::int64_t limit, std::int64_t used, std::int64_t size) {
  return std::string("the large files of this ") + of + " may take " + readable_size(limit) + ", they take " +
         readable_size(used) + ", and this one has " + readable_size(size);
}

}  // namespace

std::optional<Excess> excess(const Quota& quota, const Used& used, std::int64_t size) {
  if (beyond(quota.object, 0, size))
    return Excess{413,
                  "a large file may have " + readable_size(quota.object) + ", this one has " + readable_size(size)};
  if (beyond(quota.repository, used.repository, size))
    return Excess{507, no_room("repository", quota.repository, used.repository, size)};
  if (beyond(quota.owner, used.owner, size)) return Excess{507, no_room("owner", quota.owner, used.owner, size)};
  return std::nullopt;
}

std::string readable_size(std::int64_t bytes) {
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1023.95 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", value, kUnits[unit]);
  return text;
}

}  // namespace causeway::api::lfs
