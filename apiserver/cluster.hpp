#pragma once
// The hub cluster as the role web works with it: Repos are followed, tenants kept, and people's changes written.

#include <memory>
#include <optional>
#include <string>

#include "apiserver/people.hpp"
#include "apiserver/repository/writer.hpp"
#include "apiserver/tenant/hub_access.hpp"
#include "apiserver/tenant/keeper.hpp"
#include "base/certificate_files.hpp"
#include "kube/client/config.hpp"

namespace causeway::api {

// Thread-safe.
class Cluster {
 public:
  // `listen`: of the metrics of what runs here, with `tls` over HTTPS; "" for none. `hub_url`: where people reach the
  // API server; "": they do not. Before people.start(); `people` outlives it.
  Cluster(kube::ClientConfig config, std::string listen, std::optional<base::CertificateFiles> tls,
          const std::string& hub_url, People& people);
  ~Cluster();

  void start();
  // Whether the Repos that there were at the start have been seen.
  base::Result<void> ready() const;

  repository::Writer& writer();
  tenant::Keeper& tenants();
  tenant::HubAccess& access();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api
