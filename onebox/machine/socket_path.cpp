#include "onebox/machine/socket_path.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/un.h>

#include "base/http.hpp"

namespace causeway::onebox {

base::Result<SocketPath> SocketPath::of(const std::filesystem::path& path) {
  SocketPath out;
  out.path_ = path.string();
  if (out.path_.size() < sizeof(sockaddr_un::sun_path)) return out;
  out.folder_.reset(::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!out.folder_) return base::errno_error(errno, "cannot open " + path.parent_path().string());
  out.path_ = "/proc/self/fd/" + std::to_string(out.folder_.get()) + "/" + path.filename().string();
  if (out.path_.size() >= sizeof(sockaddr_un::sun_path))
    return base::Error{base::ErrorCode::kInvalidArgument, "the socket's name is too long: " + path.string()};
  return out;
}

std::string SocketPath::url() const {
  std::string url = "unix://";
  for (std::size_t start = 0; start < path_.size();) {  // encoded, but for its slashes
    auto end = path_.find('/', start + 1);
    url += "/" + base::percent_encode(std::string_view(path_).substr(start + 1, end - start - 1));
    start = end == std::string::npos ? path_.size() : end;
  }
  return url;
}

}  // namespace causeway::onebox
