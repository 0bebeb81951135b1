#include "onebox/cluster/pki_files.hpp"

#include <map>

#include "base/files.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

constexpr auto kRenewBefore = std::chrono::hours(24 * 30);

bool still_valid(const base::KeyPair& pair) {
  auto expiry = base::certificate_expiry(pair.cert_pem);
  return expiry && *expiry > base::system_clock().wall() + kRenewBefore;
}

base::Result<void> save(const fs::path& cert, const fs::path& key, const base::KeyPair& pair) {
  // The key first: a certificate on disk always has its key.
  if (auto done = base::write_file_atomic(key, pair.key_pem, 0600); !done) return done.error();
  return base::write_file_atomic(cert, pair.cert_pem, 0644);
}

}  // namespace

base::Result<base::KeyPair> load_key_pair(const fs::path& cert, const fs::path& key) {
  auto cert_pem = base::read_file(cert);
  if (!cert_pem) return cert_pem.error();
  auto key_pem = base::read_file(key);
  if (!key_pem) return key_pem.error();
  return base::KeyPair{std::move(*cert_pem), std::move(*key_pem)};
}

base::Result<base::KeyPair> ensure_authority(const fs::path& cert, const fs::path& key,
                                             const std::string& common_name) {
  if (auto pair = load_key_pair(cert, key); pair && still_valid(*pair)) return pair;
  auto made = base::make_authority(common_name);
  if (!made) return made.error();
  if (auto saved = save(cert, key, *made); !saved) return saved.error();
  return made;
}

base::Result<base::KeyPair> ensure_certificate(const fs::path& cert, const fs::path& key,
                                               const base::KeyPair& authority, const base::LeafSpec& leaf) {
  if (auto pair = load_key_pair(cert, key); pair && still_valid(*pair)) return pair;
  auto made = base::issue_certificate(authority, leaf);
  if (!made) return made.error();
  if (auto saved = save(cert, key, *made); !saved) return saved.error();
  return made;
}

base::Result<void> ensure_cluster_pki(const fs::path& dir, const std::string& address, const std::string& node_name) {
  std::map<std::string, base::KeyPair> authorities;
  for (const auto& name : certificate_authorities()) {
    auto authority = ensure_authority(dir / (name + ".crt"), dir / (name + ".key"), "causeway " + name);
    if (!authority) return authority.error();
    authorities[name] = std::move(*authority);
  }
  for (const auto& plan : cluster_certificates(address, node_name)) {
    auto made = ensure_certificate(dir / (plan.file + ".crt"), dir / (plan.file + ".key"), authorities[plan.authority],
                                   plan.leaf);
    if (!made) return made.error();
  }
  std::error_code ignored;
  if (fs::exists(dir / "service-account.pub", ignored)) return {};
  auto key = base::make_private_key();
  if (!key) return key.error();
  auto public_key = base::public_key_of(*key);
  if (!public_key) return public_key.error();
  if (auto saved = base::write_file_atomic(dir / "service-account.key", *key, 0600); !saved) return saved.error();
  return base::write_file_atomic(dir / "service-account.pub", *public_key, 0644);
}

}  // namespace causeway::onebox
