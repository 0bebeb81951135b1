#pragma once
// A unix socket's address holds 107 characters; data folders may be deeper. A long path is reached through its folder's
// descriptor ("/proc/self/fd/7/control.sock"), which must stay open while the path is used.

#include <filesystem>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace causeway::onebox {

class SocketPath {
 public:
  static base::Result<SocketPath> of(const std::filesystem::path& path);
  const std::string& path() const { return path_; }
  std::string url() const;  // "unix://…"

 private:
  base::FileDescriptor folder_;
  std::string path_;
};

}  // namespace causeway::onebox
