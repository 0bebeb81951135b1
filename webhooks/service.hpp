#pragma once
// The webhooks as a program's parts: server, certificates, informers, readiness, added to a manager.

#include <memory>
#include <optional>

#include "base/certificate_files.hpp"
#include "kube/runtime/admission_server.hpp"
#include "kube/runtime/manager.hpp"
#include "webhooks/certificates/keeper.hpp"

namespace causeway::webhooks {

inline constexpr const char* kMutatePath = "/mutate";
inline constexpr const char* kValidatePath = "/validate";

struct ServiceOptions {
  kube::AdmissionServerOptions server{};
  certificates::KeeperOptions certificates{};
  // Set: somebody else issues the certificate and fills in the caBundle (cert-manager), and the keeper has nothing to
  // do.
  std::optional<base::CertificateFiles> certificate_files{};
};

// Lives as long as the manager runs; made before that.
class Service {
 public:
  Service(kube::Manager& manager, ServiceOptions options);
  ~Service();
  std::uint16_t port() const;        // of the webhooks, while they are served
  base::Result<void> ready() const;  // as /readyz has it

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::webhooks
