#pragma once
// Hub ↔ mirror: copies Assignments from the hub into the region's API, their Secrets into the tenants' namespaces, and
// what the region found out about them back to the hub.

#include <mutex>
#include <stop_token>
#include <string>

#include "crds/assignment/assignment.hpp"
#include "kube/runtime/manager.hpp"

namespace causeway::op::region {

class MirrorController {
 public:
  // `hub_informers` follow the hub's namespace; they are started by the caller, once this region leads.
  MirrorController(kube::Manager& manager, kube::Client& hub, kube::Informers& hub_informers, std::string hub_ns,
                   std::string ns);

 private:
  kube::ReconcileResult reconcile(const kube::ObjectKey& key, std::stop_token stop);
  kube::Result<void> write(const crds::Assignment& hub, const crds::Assignment* before);
  kube::Result<void> copy_secrets(const crds::Assignment& hub);
  kube::Result<void> remove_former_secrets(const crds::Assignment& mirror);
  kube::Result<void> report(const crds::Assignment& hub, const crds::Assignment& mirror);

  kube::Manager& manager_;
  kube::Client& hub_;
  kube::Informers& hub_informers_;
  std::string hub_ns_, ns_;
  kube::Informer<crds::Assignment>& hub_assignments_;
  kube::Informer<kube::Object>& hub_secrets_;
  kube::Informer<crds::Assignment>& mirrors_;
  std::mutex tenants_;  // a tenant's namespace does not go while a first demo of the tenant comes
};

}  // namespace causeway::op::region
