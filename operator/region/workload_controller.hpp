#pragma once
// Mirrored Assignment → Deployment, Service, Ingress in the tenant's namespace, and what came of it → the mirror's
// status.

#include <memory>
#include <stop_token>
#include <string>

#include "crds/assignment/assignment.hpp"
#include "kube/runtime/manager.hpp"
#include "operator/region/gateway.hpp"
#include "operator/region/observation.hpp"

namespace causeway::op::region {

class WorkloadController {
 public:
  WorkloadController(kube::Manager& manager, std::string ns, std::string region_name, std::string gateway_url);

 private:
  kube::ReconcileResult reconcile(const kube::ObjectKey& key, std::stop_token stop);
  kube::Result<void> make(const crds::Assignment& assignment);
  kube::Result<void> unmake(const crds::Assignment& assignment);
  Observation observe(const crds::Assignment& assignment, std::stop_token stop);

  kube::Manager& manager_;
  std::string ns_, region_name_;
  Gateway gateway_;
  kube::Informer<crds::Assignment>& mirrors_;
  kube::Informer<kube::Object>& deployments_;
  kube::Informer<kube::Object>& pods_;
  kube::Informer<kube::Object>& services_;
  kube::Informer<kube::Object>& ingresses_;
};

}  // namespace causeway::op::region
