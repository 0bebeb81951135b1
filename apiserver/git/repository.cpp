#include "apiserver/git/repository.hpp"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

#include "apiserver/git/child_limits.hpp"
#include "apiserver/git/environment.hpp"
#include "base/process.hpp"

namespace causeway::api::git {
namespace {

constexpr std::size_t kMaxCached = 10'000;

std::string stamp_of(const struct stat& s) {
  std::string out;
  for (const auto part : {static_cast<long long>(s.st_ino), static_cast<long long>(s.st_size),
                          static_cast<long long>(s.st_mtim.tv_sec), static_cast<long long>(s.st_mtim.tv_nsec),
                          static_cast<long long>(s.st_ctim.tv_sec), static_cast<long long>(s.st_ctim.tv_nsec)}) {
    out += std::to_string(part) + ",";
  }
  return out;
}

// "causeway.visibility\npublic\0…" as git prints it with -z.
std::map<std::string, std::string> parse_config(std::string_view text) {
  std::map<std::string, std::string> values;
  while (!text.empty()) {
    const auto end = text.find('\0');
    const auto entry = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto newline = entry.find('\n');
    if (newline == std::string_view::npos) {
      values[std::string(entry)] = "true";
    } else {
      values[std::string(entry.substr(0, newline))] = entry.substr(newline + 1);
    }
  }
  return values;
}

base::Result<std::map<std::string, std::string>> read_config(const std::filesystem::path& file) {
  base::ProcessSpec spec;
  spec.argv = {"git", "config", "--file", file.string(), "-z", "--get-regexp", "^causeway\\."};
  spec.env = clean_environment();
  spec.in = base::ProcessSpec::Stream::kNull;
  limit(spec, kSmallChild);
  base::RunOptions options;
  options.timeout = std::chrono::seconds(10);
  auto ran = base::run(spec, options);
  if (!ran) return ran.error();
  if (ran->status.signal == 0 && ran->status.code == 1) return std::map<std::string, std::string>{};  // none
  if (!ran->status.success())
    return base::Error{base::ErrorCode::kIo, "git config on " + file.string() + ": " + ran->status.describe()};
  return parse_config(ran->out);
}

}  // namespace

Repositories::Repositories(std::filesystem::path data) : data_(std::move(data)) {}

base::Result<void> Repositories::check() const {
  std::error_code error;
  const std::filesystem::directory_iterator listed(data_, error);
  if (error) return base::Error{base::ErrorCode::kIo, data_.string() + ": " + error.message()};
  return {};
}

base::Result<std::optional<Repository>> Repositories::find(const std::string& owner, const std::string& name) const {
  const auto directory = data_ / owner / (name + ".git");
  const auto config = directory / "config";
  const std::string key = owner + "/" + name;
  struct stat status {};
  if (::lstat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || ::stat(config.c_str(), &status) != 0) {
    const int error = errno;
    const std::lock_guard lock(mutex_);
    cache_.erase(key);
    if (error != 0 && error != ENOENT && error != ENOTDIR && !S_ISDIR(status.st_mode))
      return base::Error{base::ErrorCode::kIo, directory.string() + ": " + std::strerror(error)};
    return std::optional<Repository>{};
  }
  const auto stamp = stamp_of(status);
  {
    const std::lock_guard lock(mutex_);
    const auto found = cache_.find(key);
    if (found != cache_.end() && found->second.stamp == stamp)
      return found->second.shown ? std::optional(found->second.repository) : std::nullopt;
  }
  auto values = read_config(config);
  if (!values) return values.error();
  Cached cached{stamp, {directory}, false};
  const auto visibility = values->find("causeway.visibility");
  cached.shown = visibility != values->end();
  cached.repository.is_private = !cached.shown || visibility->second != "public";
  const auto archived = values->find("causeway.archived");
  cached.repository.archived = archived != values->end() && archived->second == "true";
  const auto lfs = values->find("causeway.lfs");
  cached.repository.lfs = lfs == values->end() || lfs->second == "true";
  const std::lock_guard lock(mutex_);
  if (cache_.size() >= kMaxCached) cache_.clear();
  const auto& kept = cache_.insert_or_assign(key, std::move(cached)).first->second;
  return kept.shown ? std::optional(kept.repository) : std::nullopt;
}

}  // namespace causeway::api::git
