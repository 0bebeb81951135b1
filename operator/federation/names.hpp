#pragma once
// Names that hub and region share.

namespace causeway::op::federation {

inline constexpr const char* kFieldManager = "causeway-hub";
inline constexpr const char* kClusterUidLabel = "causeway.dev/cluster-uid";
inline constexpr const char* kClusterNameLabel = "causeway.dev/cluster-name";

// In the region's namespace on the hub.
inline constexpr const char* kRegionAccount = "region";
inline constexpr const char* kRegionCredential = "region-credential";
inline constexpr const char* kRegionLease = "region";
inline constexpr const char* kRegionReport = "region-report";

// On that namespace: the kube-system UID of the one cluster that is this region.
inline constexpr const char* kRegionUidAnnotation = "causeway.dev/region-uid";

// Reason of a refusal: two clusters for one Cluster, or two Clusters for one cluster.
inline constexpr const char* kDuplicateRegistration = "DuplicateRegistration";

// In the region.
inline constexpr const char* kHubSecret = "hub";
inline constexpr const char* kBootstrapAnnotation = "causeway.dev/bootstrap";

}  // namespace causeway::op::federation
