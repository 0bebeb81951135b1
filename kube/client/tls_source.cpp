#include <mutex>

#include "base/files.hpp"
#include "base/log.hpp"
#include "kube/client/token_source.hpp"

namespace causeway::kube {

namespace {

constexpr base::Duration kReadPeriod = std::chrono::seconds(60);

base::Result<void> read_into(std::string& target, const std::filesystem::path& path) {
  if (path.empty()) return {};
  auto text = base::read_file(path);
  if (!text) return text.error();
  if (text->find("-----BEGIN ") == std::string::npos)
    return base::Error{base::ErrorCode::kInvalidArgument, path.string() + " holds no PEM block"};
  target = std::move(*text);
  return {};
}

class FileTls final : public TlsSource {
 public:
  FileTls(base::TlsClientOptions options, TlsFiles files, const base::Clock& clock)
      : files_(std::move(files)), clock_(clock) {
    now_ = {1, std::make_shared<const base::TlsClientOptions>(std::move(options))};
    next_read_ = clock_.steady() + kReadPeriod;
  }

  static base::Result<void> read(base::TlsClientOptions& into, const TlsFiles& files) {
    if (auto ok = read_into(into.ca_pem, files.ca); !ok) return ok;
    if (auto ok = read_into(into.cert_pem, files.cert); !ok) return ok;
    return read_into(into.key_pem, files.key);
  }

  Snapshot current() override {
    std::lock_guard lock(mutex_);
    const auto now = clock_.steady();
    if (now < next_read_) return now_;
    next_read_ = now + kReadPeriod;
    auto fresh = *now_.options;
    if (auto ok = read(fresh, files_); !ok) {
      base::log::warn("certificates cannot be read again, the last ones are kept", {{"error", ok.error().message}});
      return now_;
    }
    const auto& old = *now_.options;
    if (fresh.ca_pem != old.ca_pem || fresh.cert_pem != old.cert_pem || fresh.key_pem != old.key_pem)
      now_ = {now_.generation + 1, std::make_shared<const base::TlsClientOptions>(std::move(fresh))};
    return now_;
  }

  void doubted() override {
    std::lock_guard lock(mutex_);
    next_read_ = {};
  }

 private:
  const TlsFiles files_;
  const base::Clock& clock_;
  std::mutex mutex_;
  Snapshot now_;
  base::SteadyTime next_read_;
};

}  // namespace

base::Result<std::shared_ptr<TlsSource>> file_tls(base::TlsClientOptions options, TlsFiles files) {
  return file_tls(std::move(options), std::move(files), base::system_clock());
}

base::Result<std::shared_ptr<TlsSource>> file_tls(base::TlsClientOptions options, TlsFiles files,
                                                  const base::Clock& clock) {
  if (auto ok = FileTls::read(options, files); !ok) return ok.error();
  return std::shared_ptr<TlsSource>(std::make_shared<FileTls>(std::move(options), std::move(files), clock));
}

}  // namespace causeway::kube
