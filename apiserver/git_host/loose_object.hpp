#pragma once
// Loose objects: one file each, "<type> <size>\0<content>" under zlib (gitformat-loose(5)).

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::api::git_host {

struct LooseHeader {
  std::string type;        // "commit", "tree", "blob", "tag"
  std::uint64_t size = 0;  // bytes of the content
};
struct LooseObject {
  LooseHeader header;
  std::string content;
};

// kNotFound: no such file. kProtocol: it is not such a file, or it was cut short. kIo.
base::Result<LooseHeader> read_loose_header(const std::filesystem::path& file);  // reads a few hundred bytes
// Content beyond kMaxLooseContent is kInvalidArgument.
base::Result<LooseObject> read_loose_object(const std::filesystem::path& file);

inline constexpr std::uint64_t kMaxLooseContent = 128u << 20;

}  // namespace causeway::api::git_host
