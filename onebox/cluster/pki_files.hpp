#pragma once
// Certificates on disk: made once, kept while they are valid, made anew before they end.

#include <filesystem>
#include <string>

#include "base/pki.hpp"
#include "onebox/plan/certificates.hpp"

namespace causeway::onebox {

// FILE.crt and FILE.key of an authority.
base::Result<base::KeyPair> ensure_authority(const std::filesystem::path& cert, const std::filesystem::path& key,
                                             const std::string& common_name);
base::Result<base::KeyPair> ensure_certificate(const std::filesystem::path& cert, const std::filesystem::path& key,
                                               const base::KeyPair& authority, const base::LeafSpec& leaf);
// Everything of cluster_certificates(), and the key of service account tokens, in `dir`.
base::Result<void> ensure_cluster_pki(const std::filesystem::path& dir, const std::string& address,
                                      const std::string& node_name);
base::Result<base::KeyPair> load_key_pair(const std::filesystem::path& cert, const std::filesystem::path& key);

}  // namespace causeway::onebox
