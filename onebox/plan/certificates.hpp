#pragma once
// Which certificates a cluster has, by whom issued, under which file names.

#include <string>
#include <vector>

#include "base/pki.hpp"

namespace causeway::onebox {

struct CertificatePlan {
  std::string file;       // pki/FILE.crt and pki/FILE.key
  std::string authority;  // "ca", "etcd-ca" or "front-proxy-ca"
  base::LeafSpec leaf;
};

inline const std::vector<std::string>& certificate_authorities() {
  static const std::vector<std::string> all{"ca", "etcd-ca", "front-proxy-ca"};
  return all;
}

std::vector<CertificatePlan> cluster_certificates(const std::string& address, const std::string& node_name);

}  // namespace causeway::onebox
