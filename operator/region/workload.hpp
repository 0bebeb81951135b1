#pragma once
// What an Assignment means in Kubernetes objects: a pure function, so that the same Assignment always gives the same
// objects and an operator that starts anew changes nothing.

#include <optional>
#include <string>
#include <vector>

#include "crds/assignment/assignment.hpp"
#include "kube/core/object.hpp"

namespace causeway::op::region {

// Labels and annotations on what a region makes.
inline constexpr std::string_view kLabelAssignment = "causeway.dev/assignment";
inline constexpr std::string_view kLabelDemo = "causeway.dev/demo";
inline constexpr std::string_view kLabelDemoNamespace = "causeway.dev/demo-namespace";
inline constexpr std::string_view kLabelTenant = "causeway.dev/tenant";  // on namespaces: "true"
inline constexpr std::string_view kLabelManagedBy = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kManagedBy = "causeway";
inline constexpr std::string_view kAnnotationDeployment = "causeway.dev/deployment";  // on pods: the deployment record

// One object to apply, with its type.
struct Desired {
  kube::ResourceType type;
  kube::Object object;
};

// The tenant's namespace and what guards it: quota of objects, network policy.
std::vector<Desired> tenant_objects(const crds::Assignment& assignment);

// Deployment, Service, Ingress; a claim where storage is asked for; a disruption budget where replicas allow one.
// `region_name` is what the demo sees in CAUSEWAY_REGION unless the Assignment says otherwise.
std::vector<Desired> workload_objects(const crds::Assignment& assignment, std::string_view region_name);

// Seconds the application has to answer for the first time: health.startupTimeout, or 5 minutes.
int startup_seconds(const crds::Assignment& assignment);

// The Service's name: the Assignment's, with a letter in front where it starts with a digit (RFC 1035).
std::string service_name(const crds::Assignment& assignment);

}  // namespace causeway::op::region
