package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// +kubebuilder:object:root=true

type Cluster struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              ClusterSpec   `json:"spec,omitempty"`
	Status            ClusterStatus `json:"status,omitempty"`
}

// +kubebuilder:object:root=true

type ClusterList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Cluster `json:"items"`
}

type ClusterSpec struct {
	Role              string                     `json:"role,omitempty"`
	Source            ClusterSpecSource          `json:"source"`
	Connection        string                     `json:"connection,omitempty"`
	CredentialsRef    *ClusterSpecCredentialsRef `json:"credentialsRef,omitempty"`
	KubernetesVersion string                     `json:"kubernetesVersion,omitempty"`
	Network           *ClusterSpecNetwork        `json:"network,omitempty"`
	NodePools         []ClusterSpecNodePools     `json:"nodePools,omitempty"`
	CloudServices     *ClusterSpecCloudServices  `json:"cloudServices,omitempty"`
	Endpoint          *ClusterSpecEndpoint       `json:"endpoint,omitempty"`
	Isolation         string                     `json:"isolation,omitempty"`
	Budget            *ClusterSpecBudget         `json:"budget,omitempty"`
	Terraform         *ClusterSpecTerraform      `json:"terraform,omitempty"`
	Approval          string                     `json:"approval,omitempty"`
	ApprovedPlan      string                     `json:"approvedPlan,omitempty"`
	DeletionPolicy    string                     `json:"deletionPolicy,omitempty"`
	Protected         bool                       `json:"protected,omitempty"`
	Schedulable       bool                       `json:"schedulable,omitempty"`
	Taints            []ClusterSpecTaints        `json:"taints,omitempty"`
	Suspend           bool                       `json:"suspend,omitempty"`
	Accepted          bool                       `json:"accepted,omitempty"`
	Description       string                     `json:"description,omitempty"`
}

type ClusterSpecSource struct {
	Terraform     *ClusterSpecSourceTerraform     `json:"terraform,omitempty"`
	KubeconfigRef *ClusterSpecSourceKubeconfigRef `json:"kubeconfigRef,omitempty"`
	InCluster     map[string]apiextensionsv1.JSON `json:"inCluster,omitempty"`
}

type ClusterSpecSourceTerraform struct {
	Provider string   `json:"provider"`
	Region   string   `json:"region"`
	Zones    []string `json:"zones,omitempty"`
}

type ClusterSpecSourceKubeconfigRef struct {
	Name string `json:"name"`
	Key  string `json:"key,omitempty"`
}

type ClusterSpecCredentialsRef struct {
	Name string `json:"name"`
}

type ClusterSpecNetwork struct {
	Cidr        string `json:"cidr,omitempty"`
	PodCIDR     string `json:"podCIDR,omitempty"`
	ServiceCIDR string `json:"serviceCIDR,omitempty"`
}

type ClusterSpecNodePools struct {
	Name          string                       `json:"name"`
	Type          string                       `json:"type,omitempty"`
	InstanceTypes []string                     `json:"instanceTypes,omitempty"`
	Min           int64                        `json:"min,omitempty"`
	Max           int64                        `json:"max,omitempty"`
	Labels        map[string]string            `json:"labels,omitempty"`
	Taints        []ClusterSpecNodePoolsTaints `json:"taints,omitempty"`
	MaxPrice      string                       `json:"maxPrice,omitempty"`
	Gpu           *ClusterSpecNodePoolsGpu     `json:"gpu,omitempty"`
}

type ClusterSpecNodePoolsTaints struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect,omitempty"`
}

type ClusterSpecNodePoolsGpu struct {
	Type  string `json:"type,omitempty"`
	Count int64  `json:"count,omitempty"`
}

type ClusterSpecCloudServices struct {
	FileStorage   *ClusterSpecCloudServicesFileStorage    `json:"fileStorage,omitempty"`
	ObjectStorage []ClusterSpecCloudServicesObjectStorage `json:"objectStorage,omitempty"`
	Nat           *ClusterSpecCloudServicesNat            `json:"nat,omitempty"`
	Machines      []ClusterSpecCloudServicesMachines      `json:"machines,omitempty"`
}

type ClusterSpecCloudServicesFileStorage struct {
	Type      string              `json:"type,omitempty"`
	Size      *intstr.IntOrString `json:"size,omitempty"`
	MountPath string              `json:"mountPath,omitempty"`
}

type ClusterSpecCloudServicesObjectStorage struct {
	Name            string `json:"name"`
	Access          string `json:"access,omitempty"`
	Versioning      bool   `json:"versioning,omitempty"`
	ExpireAfterDays int64  `json:"expireAfterDays,omitempty"`
}

type ClusterSpecCloudServicesNat struct {
	PublicAddresses int64 `json:"publicAddresses,omitempty"`
	BandwidthMbps   int64 `json:"bandwidthMbps,omitempty"`
}

type ClusterSpecCloudServicesMachines struct {
	Name          string              `json:"name"`
	InstanceType  string              `json:"instanceType"`
	Image         string              `json:"image,omitempty"`
	Zone          string              `json:"zone,omitempty"`
	DiskSize      *intstr.IntOrString `json:"diskSize,omitempty"`
	Count         int64               `json:"count,omitempty"`
	Spot          bool                `json:"spot,omitempty"`
	PublicAddress bool                `json:"publicAddress,omitempty"`
}

type ClusterSpecEndpoint struct {
	Public       bool     `json:"public,omitempty"`
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty"`
}

type ClusterSpecBudget struct {
	Hourly   string `json:"hourly"`
	Currency string `json:"currency,omitempty"`
	OnExceed string `json:"onExceed,omitempty"`
}

type ClusterSpecTerraform struct {
	Variables     map[string]apiextensionsv1.JSON     `json:"variables,omitempty"`
	VariablesFrom []ClusterSpecTerraformVariablesFrom `json:"variablesFrom,omitempty"`
	DriftInterval string                              `json:"driftInterval,omitempty"`
	DriftPolicy   string                              `json:"driftPolicy,omitempty"`
	Timeouts      *ClusterSpecTerraformTimeouts       `json:"timeouts,omitempty"`
}

type ClusterSpecTerraformVariablesFrom struct {
	Kind     string   `json:"kind,omitempty"`
	Name     string   `json:"name"`
	Keys     []string `json:"keys,omitempty"`
	Optional bool     `json:"optional,omitempty"`
}

type ClusterSpecTerraformTimeouts struct {
	Plan    string `json:"plan,omitempty"`
	Apply   string `json:"apply,omitempty"`
	Destroy string `json:"destroy,omitempty"`
}

type ClusterSpecTaints struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect,omitempty"`
}

type ClusterStatus struct {
	ObservedGeneration int64                           `json:"observedGeneration,omitempty"`
	Phase              string                          `json:"phase,omitempty"`
	Message            string                          `json:"message,omitempty"`
	Plan               *ClusterStatusPlan              `json:"plan,omitempty"`
	LastRun            *ClusterStatusLastRun           `json:"lastRun,omitempty"`
	State              *ClusterStatusState             `json:"state,omitempty"`
	Endpoint           string                          `json:"endpoint,omitempty"`
	PublicIPs          []string                        `json:"publicIPs,omitempty"`
	KubeconfigRef      *ClusterStatusKubeconfigRef     `json:"kubeconfigRef,omitempty"`
	Outputs            map[string]apiextensionsv1.JSON `json:"outputs,omitempty"`
	Gateway            *ClusterStatusGateway           `json:"gateway,omitempty"`
	RunNamespace       string                          `json:"runNamespace,omitempty"`
	Agent              *ClusterStatusAgent             `json:"agent,omitempty"`
	DemoCount          int64                           `json:"demoCount,omitempty"`
	Cost               *ClusterStatusCost              `json:"cost,omitempty"`
	Conditions         []metav1.Condition              `json:"conditions,omitempty"`
}

type ClusterStatusPlan struct {
	Id        string                       `json:"id"`
	Add       int64                        `json:"add,omitempty"`
	Change    int64                        `json:"change,omitempty"`
	Destroy   int64                        `json:"destroy,omitempty"`
	Resources []ClusterStatusPlanResources `json:"resources,omitempty"`
	CreatedAt *metav1.Time                 `json:"createdAt,omitempty"`
}

type ClusterStatusPlanResources struct {
	Address string `json:"address"`
	Action  string `json:"action,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

type ClusterStatusLastRun struct {
	Id          string                            `json:"id,omitempty"`
	Operation   string                            `json:"operation,omitempty"`
	Phase       string                            `json:"phase,omitempty"`
	Done        int64                             `json:"done,omitempty"`
	Total       int64                             `json:"total,omitempty"`
	Current     string                            `json:"current,omitempty"`
	StartedAt   *metav1.Time                      `json:"startedAt,omitempty"`
	FinishedAt  *metav1.Time                      `json:"finishedAt,omitempty"`
	Diagnostics []ClusterStatusLastRunDiagnostics `json:"diagnostics,omitempty"`
}

type ClusterStatusLastRunDiagnostics struct {
	Severity string `json:"severity,omitempty"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail,omitempty"`
	Address  string `json:"address,omitempty"`
}

type ClusterStatusState struct {
	Lineage   string `json:"lineage,omitempty"`
	Serial    int64  `json:"serial,omitempty"`
	Resources int64  `json:"resources,omitempty"`
}

type ClusterStatusKubeconfigRef struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

type ClusterStatusGateway struct {
	Scheme string `json:"scheme,omitempty"`
	Domain string `json:"domain,omitempty"`
	Port   int64  `json:"port,omitempty"`
}

type ClusterStatusAgent struct {
	Version           string            `json:"version,omitempty"`
	KubernetesVersion string            `json:"kubernetesVersion,omitempty"`
	UID               string            `json:"uid,omitempty"`
	Nodes             int64             `json:"nodes,omitempty"`
	Capacity          map[string]string `json:"capacity,omitempty"`
	Allocatable       map[string]string `json:"allocatable,omitempty"`
}

type ClusterStatusCost struct {
	Hourly   string `json:"hourly,omitempty"`
	Currency string `json:"currency,omitempty"`
	Source   string `json:"source,omitempty"`
}
