#pragma once
// Certificates of our own: authorities and leaves (ECDSA P-256), PEM in and out.

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::base {

struct KeyPair {
  std::string cert_pem, key_pem;
};

struct LeafSpec {
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names, ip_addresses;
  bool server = false, client = false;  // extended key usage
  Duration validity = std::chrono::hours(24 * 365);
};

// Valid from one hour ago (clock skew).
Result<KeyPair> make_authority(const std::string& common_name, Duration validity = std::chrono::hours(24 * 3650));
Result<KeyPair> issue_certificate(const KeyPair& authority, const LeafSpec& leaf);
// A private key alone (PEM), for signing service account tokens, and its public half.
Result<std::string> make_private_key();
Result<std::string> public_key_of(const std::string& private_key_pem);
Result<WallTime> certificate_expiry(const std::string& cert_pem);
struct CertificateLife {
  WallTime begin, end;
};
// Of the first certificate of the text.
Result<CertificateLife> certificate_life(const std::string& cert_pem);

}  // namespace causeway::base
