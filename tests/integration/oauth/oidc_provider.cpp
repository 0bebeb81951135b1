#include "tests/integration/oauth/oidc_provider.hpp"

#include <csignal>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

#include "base/encoding.hpp"

namespace causeway::api::oauth {
namespace {

constexpr int kPatience = 60'000;  // ms, for a line

template <class T>
T required(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

void write(const std::filesystem::path& path, const std::string& text) {
  if (auto written = base::write_file_atomic(path, text, 0600); !written)
    throw std::runtime_error(written.error().message);
}

}  // namespace

std::string OidcProvider::missing() {
  if (std::filesystem::exists(CAUSEWAY_OIDC_PROVIDER "/installed")) return "";
  return "the real OpenID Connect provider is not installed; "
         "tests/integration/oauth/provider/install.sh " CAUSEWAY_OIDC_PROVIDER
         " does that or says why it cannot (ctest runs it first)";
}

OidcProvider::OidcProvider(const std::string& redirect_uri) : authority_(required(base::make_authority("test"))) {
  const auto leaf = required(
      base::issue_certificate(authority_, {.common_name = "provider", .ip_addresses = {"127.0.0.1"}, .server = true}));
  const auto secret = base::random_hex(32);
  write(ca_file(), authority_.cert_pem);
  write(secret_file(), secret + "\n");
  write(folder_.path() / "tls.crt", leaf.cert_pem);
  write(folder_.path() / "tls.key", leaf.key_pem);
  base::ProcessSpec spec;
  spec.argv = {"node", "provider.mjs", folder_.path() / "tls.crt", folder_.path() / "tls.key", redirect_uri, secret};
  spec.cwd = CAUSEWAY_OIDC_PROVIDER;
  spec.in = spec.out = base::ProcessSpec::Stream::kPipe;
  spec.err = base::ProcessSpec::Stream::kFile;
  spec.err_file = folder_.path() / "log";
  spec.parent_death_signal = SIGKILL;
  process_ = required(base::Process::spawn(spec));
  const auto listening = line();
  if (!listening.starts_with("listening ")) throw std::runtime_error("the provider said " + listening);
  url_ = "https://127.0.0.1:" + listening.substr(10);
}

void OidcProvider::rotate() {
  constexpr std::string_view kCommand = "rotate\n";
  if (::write(process_->in(), kCommand.data(), kCommand.size()) != static_cast<ssize_t>(kCommand.size()))
    throw std::runtime_error("the provider takes no commands");
  if (const auto answer = line(); answer != "rotated") throw std::runtime_error("the provider said " + answer);
}

std::string OidcProvider::line() {
  while (said_.find('\n') == std::string::npos) {
    pollfd ready{process_->out(), POLLIN, 0};
    char buffer[4096];
    const auto got = ::poll(&ready, 1, kPatience) == 1 ? ::read(process_->out(), buffer, sizeof buffer) : 0;
    if (got <= 0)
      throw std::runtime_error("the provider is silent: " + base::read_file(folder_.path() / "log").value_or(""));
    said_.append(buffer, static_cast<std::size_t>(got));
  }
  const auto end = said_.find('\n');
  auto first = said_.substr(0, end);
  said_.erase(0, end + 1);
  return first;
}

}  // namespace causeway::api::oauth
