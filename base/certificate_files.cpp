#include "base/certificate_files.hpp"

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/pki.hpp"
#include "base/tls.hpp"

namespace causeway::base {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

}  // namespace

Result<TlsServerOptions> CertificateFiles::read(WallTime now) const {
  auto cert_pem = read_file(cert);
  if (!cert_pem) return cert_pem.error().wrap("certificate");
  auto key_pem = read_file(key);
  if (!key_pem) return key_pem.error().wrap("private key");
  const auto life = certificate_life(*cert_pem);
  if (!life) return life.error().wrap("certificate " + cert.string());
  TlsServerOptions options{.cert_pem = std::move(*cert_pem), .key_pem = std::move(*key_pem)};
  if (auto usable = make_server_context(options); !usable)
    return usable.error().wrap("certificate " + cert.string() + " with private key " + key.string());
  if (life->end <= now) return invalid("certificate " + cert.string() + " expired at " + format_time(life->end));
  if (life->begin > now) {
    return invalid("certificate " + cert.string() + " is not valid before " + format_time(life->begin) +
                   ", and here it is " + format_time(now));
  }
  return options;
}

void follow_certificate_files(const CertificateFiles& files, TlsServerOptions served, const Clock& clock,
                              std::stop_token stop, const std::function<void(TlsServerOptions)>& on_change,
                              Duration interval) {
  std::string complaint;
  while (clock.sleep_for(interval, stop)) {
    auto now = files.read(clock.wall());
    const std::string why = now ? "" : now.error().message;
    if (!now && why != complaint) log::error("the certificate stays as it is", {{"error", why}});
    complaint = why;
    if (!now || (now->cert_pem == served.cert_pem && now->key_pem == served.key_pem)) continue;
    served = *now;
    log::info("a renewed certificate is served from now on", {{"certificate", files.cert.string()}});
    on_change(std::move(*now));
  }
}

}  // namespace causeway::base
