#pragma once
// A server's certificate and key in files that somebody else replaces: a mounted Secret, whose files change when it
// does.

#include <filesystem>
#include <functional>
#include <stop_token>

#include "base/clock.hpp"
#include "base/http_server.hpp"
#include "base/result.hpp"

namespace causeway::base {

struct CertificateFiles {
  std::filesystem::path cert, key;  // PEM: the leaf, then the authorities between it and the root; its key, unencrypted

  // What a server can use at `now`. The error names the files: one that cannot be read (the code is read_file's), one
  // that is not what it should be, a key of another certificate, a certificate that has ended or not begun
  // (kInvalidArgument).
  Result<TlsServerOptions> read(WallTime now) const;
};

// Looks every `interval` whether the files hold something else than `served` and hands it to `on_change`. Files that
// cannot be used are logged, once for each reason, and what is served stays. Ends with `stop`. (controller-runtime
// looks every 10 s.)
void follow_certificate_files(const CertificateFiles& files, TlsServerOptions served, const Clock& clock,
                              std::stop_token stop, const std::function<void(TlsServerOptions)>& on_change,
                              Duration interval = std::chrono::seconds(10));

}  // namespace causeway::base
