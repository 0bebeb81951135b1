#include "operator/repo/events_folder.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"

namespace causeway::op::repo {
base::Result<void> follow_folder(const std::filesystem::path& folder,
                                 const std::function<void(const std::string& name)>& changed,
                                 const std::function<void()>& lost, std::stop_token stop) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return base::Error{base::ErrorCode::kIo, folder.string() + ": " + error.message()};
  const base::FileDescriptor notify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!notify) return base::errno_error(errno, "inotify");
  const base::StopDescriptor stopped(stop);
  constexpr std::uint32_t kMask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  if (::inotify_add_watch(notify.get(), folder.c_str(), kMask) < 0)
    return base::errno_error(errno, "following " + folder.string());
  lost();  // whatever happened before we looked

  alignas(inotify_event) std::array<char, 64 * 1024> buffer{};
  while (!stop.stop_requested()) {
    std::array<pollfd, 2> fds{{{notify.get(), POLLIN, 0}, {stopped.fd(), POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return base::errno_error(errno, "poll");
    const ssize_t size = ::read(notify.get(), buffer.data(), buffer.size());
    if (size < 0 && errno != EAGAIN && errno != EINTR) {
      return base::errno_error(errno, "reading events of " + folder.string());
    }
    for (ssize_t at = 0; at < size;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        lost();
      } else if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
        std::filesystem::create_directories(folder, error);
        if (::inotify_add_watch(notify.get(), folder.c_str(), kMask) < 0)
          return base::errno_error(errno, "following " + folder.string());
        lost();
      } else if (event.len > 0 && name[0] != '\0') {
        changed(name);
      }
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
  return {};
}

}  // namespace causeway::op::repo
