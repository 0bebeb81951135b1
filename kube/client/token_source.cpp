#include "kube/client/token_source.hpp"

#include <mutex>

#include "base/files.hpp"
#include "base/log.hpp"

namespace causeway::kube {

namespace {

// How often a token file is looked at. (client-go: tokenSource period)
constexpr base::Duration kReadPeriod = std::chrono::seconds(60);

class StaticToken final : public TokenSource {
 public:
  explicit StaticToken(std::string token) : token_(std::move(token)) {}
  base::Result<std::string> token() override { return token_; }

 private:
  const std::string token_;
};

class FileToken final : public TokenSource {
 public:
  FileToken(std::filesystem::path path, const base::Clock& clock) : path_(std::move(path)), clock_(clock) {}

  base::Result<std::string> token() override {
    std::lock_guard lock(mutex_);
    const auto now = clock_.steady();
    if (!token_.empty() && now < next_read_) return token_;
    auto text = base::read_file(path_);
    if (text) {
      const auto end = text->find_last_not_of(" \t\r\n");
      text->erase(end == std::string::npos ? 0 : end + 1);
    }
    if (!text || text->empty()) {
      if (!token_.empty()) {
        base::log::warn("token file cannot be read, the last token is kept", {{"file", path_.string()}});
        next_read_ = now + kReadPeriod;
        return token_;
      }
      if (!text) return text.error().wrap("token file");
      return base::Error{base::ErrorCode::kInvalidArgument, "token file " + path_.string() + " is empty"};
    }
    token_ = std::move(*text);
    next_read_ = now + kReadPeriod;
    return token_;
  }

  void rejected() override {
    std::lock_guard lock(mutex_);
    token_.clear();
  }

 private:
  const std::filesystem::path path_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::string token_;
  base::SteadyTime next_read_{};
};

}  // namespace

std::shared_ptr<TokenSource> static_token(std::string token) {
  return std::make_shared<StaticToken>(std::move(token));
}

std::shared_ptr<TokenSource> file_token(std::filesystem::path path) {
  return file_token(std::move(path), base::system_clock());
}

std::shared_ptr<TokenSource> file_token(std::filesystem::path path, const base::Clock& clock) {
  return std::make_shared<FileToken>(std::move(path), clock);
}

}  // namespace causeway::kube
