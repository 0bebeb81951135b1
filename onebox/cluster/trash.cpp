#include "onebox/cluster/trash.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

void remove_tree(const fs::path& path, const std::stop_token& stop, std::error_code& first_error) {
  std::error_code error;
  if (fs::symlink_status(path, error).type() == fs::file_type::directory)
    for (const auto& entry : fs::directory_iterator(path, error)) {
      if (stop.stop_requested()) return;
      remove_tree(entry.path(), stop, first_error);
    }
  if (stop.stop_requested()) return;
  fs::remove(path, error);
  if (error && !first_error) first_error = error;
}

}  // namespace

Trash::Trash(fs::path dir) : dir_(std::move(dir)), thread_([this](std::stop_token stop) { run(stop); }) {}

Trash::~Trash() = default;

base::Result<void> Trash::take(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  fs::create_directories(dir_, error);
  fs::rename(path, dir_ / (path.filename().string() + "-" + base::random_hex(8)), error);
  if (error) return base::Error{base::ErrorCode::kIo, "cannot move " + path.string() + " away: " + error.message()};
  {
    std::lock_guard lock(mutex_);
    work_ = true;
  }
  changed_.notify_all();
  return {};
}

void Trash::run(std::stop_token stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return work_; })) return;
      work_ = false;
    }
    std::error_code error, failed;
    for (const auto& entry : fs::directory_iterator(dir_, error)) remove_tree(entry.path(), stop, failed);
    if (stop.stop_requested()) return;
    if (failed)
      base::log::warn("cannot delete everything that was thrown away",
                      {{"folder", dir_.string()}, {"error", failed.message()}});
  }
}

}  // namespace causeway::onebox
