#pragma once
// For tests: the same as in config.hpp with a clock of one's own.

#include "base/clock.hpp"
#include "kube/client/config.hpp"

namespace causeway::kube {

std::shared_ptr<TokenSource> file_token(std::filesystem::path path, const base::Clock& clock);
base::Result<std::shared_ptr<TlsSource>> file_tls(base::TlsClientOptions options, TlsFiles files,
                                                  const base::Clock& clock);

}  // namespace causeway::kube
