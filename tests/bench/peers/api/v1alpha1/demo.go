package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// +kubebuilder:object:root=true

type Demo struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              DemoSpec   `json:"spec,omitempty"`
	Status            DemoStatus `json:"status,omitempty"`
}

// +kubebuilder:object:root=true

type DemoList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Demo `json:"items"`
}

type DemoSpec struct {
	RepoRef     *DemoSpecRepoRef     `json:"repoRef,omitempty"`
	Source      *DemoSpecSource      `json:"source,omitempty"`
	Image       string               `json:"image,omitempty"`
	Revision    string               `json:"revision,omitempty"`
	Path        string               `json:"path,omitempty"`
	TemplateRef *DemoSpecTemplateRef `json:"templateRef,omitempty"`
	Build       *DemoSpecBuild       `json:"build,omitempty"`
	Models      []DemoSpecModels     `json:"models,omitempty"`
	Parameters  map[string]string    `json:"parameters,omitempty"`
	Env         []DemoSpecEnv        `json:"env,omitempty"`
	SecretRefs  []DemoSpecSecretRefs `json:"secretRefs,omitempty"`
	Port        int64                `json:"port,omitempty"`
	Health      *DemoSpecHealth      `json:"health,omitempty"`
	Resources   *DemoSpecResources   `json:"resources,omitempty"`
	Storage     *DemoSpecStorage     `json:"storage,omitempty"`
	Placement   *DemoSpecPlacement   `json:"placement,omitempty"`
	Scaling     *DemoSpecScaling     `json:"scaling,omitempty"`
	Visibility  string               `json:"visibility,omitempty"`
	Hostnames   []string             `json:"hostnames,omitempty"`
	AutoDeploy  bool                 `json:"autoDeploy,omitempty"`
	Rollout     string               `json:"rollout,omitempty"`
	RollbackTo  string               `json:"rollbackTo,omitempty"`
	Paused      bool                 `json:"paused,omitempty"`
	RestartedAt *metav1.Time         `json:"restartedAt,omitempty"`
	Exclusive   bool                 `json:"exclusive,omitempty"`
}

type DemoSpecRepoRef struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

type DemoSpecSource struct {
	Git DemoSpecSourceGit `json:"git"`
}

type DemoSpecSourceGit struct {
	URL            string                           `json:"url"`
	CredentialsRef *DemoSpecSourceGitCredentialsRef `json:"credentialsRef,omitempty"`
}

type DemoSpecSourceGitCredentialsRef struct {
	Name string `json:"name"`
}

type DemoSpecTemplateRef struct {
	Family    string `json:"family"`
	Version   int64  `json:"version,omitempty"`
	Namespace string `json:"namespace,omitempty"`
}

type DemoSpecBuild struct {
	Mode    string            `json:"mode,omitempty"`
	Args    map[string]string `json:"args,omitempty"`
	Timeout string            `json:"timeout,omitempty"`
}

type DemoSpecModels struct {
	Name      string                `json:"name"`
	RepoRef   DemoSpecModelsRepoRef `json:"repoRef"`
	Revision  string                `json:"revision,omitempty"`
	MountPath string                `json:"mountPath"`
}

type DemoSpecModelsRepoRef struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

type DemoSpecEnv struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

type DemoSpecSecretRefs struct {
	Name string `json:"name"`
}

type DemoSpecHealth struct {
	Path           string `json:"path,omitempty"`
	StartupTimeout string `json:"startupTimeout,omitempty"`
}

type DemoSpecResources struct {
	Cpu    *intstr.IntOrString   `json:"cpu,omitempty"`
	Memory *intstr.IntOrString   `json:"memory,omitempty"`
	Gpu    *DemoSpecResourcesGpu `json:"gpu,omitempty"`
}

type DemoSpecResourcesGpu struct {
	Type  string `json:"type,omitempty"`
	Count int64  `json:"count,omitempty"`
}

type DemoSpecStorage struct {
	Size      intstr.IntOrString `json:"size"`
	MountPath string             `json:"mountPath"`
}

type DemoSpecPlacement struct {
	Regions         []string                          `json:"regions,omitempty"`
	Providers       []string                          `json:"providers,omitempty"`
	ClusterSelector *DemoSpecPlacementClusterSelector `json:"clusterSelector,omitempty"`
	ClusterCount    int64                             `json:"clusterCount,omitempty"`
	Strategy        string                            `json:"strategy,omitempty"`
	Tolerations     []DemoSpecPlacementTolerations    `json:"tolerations,omitempty"`
	Failover        *DemoSpecPlacementFailover        `json:"failover,omitempty"`
}

type DemoSpecPlacementClusterSelector struct {
	MatchLabels      map[string]string                                  `json:"matchLabels,omitempty"`
	MatchExpressions []DemoSpecPlacementClusterSelectorMatchExpressions `json:"matchExpressions,omitempty"`
}

type DemoSpecPlacementClusterSelectorMatchExpressions struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values,omitempty"`
}

type DemoSpecPlacementTolerations struct {
	Key      string `json:"key,omitempty"`
	Operator string `json:"operator,omitempty"`
	Value    string `json:"value,omitempty"`
	Effect   string `json:"effect,omitempty"`
}

type DemoSpecPlacementFailover struct {
	Enabled       bool   `json:"enabled,omitempty"`
	After         string `json:"after,omitempty"`
	AllowDataLoss bool   `json:"allowDataLoss,omitempty"`
}

type DemoSpecScaling struct {
	Min         int64  `json:"min,omitempty"`
	Max         int64  `json:"max,omitempty"`
	Metric      string `json:"metric,omitempty"`
	Target      int64  `json:"target,omitempty"`
	IdleTimeout string `json:"idleTimeout,omitempty"`
}

type DemoStatus struct {
	ObservedGeneration int64                  `json:"observedGeneration,omitempty"`
	Stage              string                 `json:"stage,omitempty"`
	Step               string                 `json:"step,omitempty"`
	Message            string                 `json:"message,omitempty"`
	URL                string                 `json:"url,omitempty"`
	Urls               []DemoStatusUrls       `json:"urls,omitempty"`
	Revision           string                 `json:"revision,omitempty"`
	Image              string                 `json:"image,omitempty"`
	CurrentDeployment  string                 `json:"currentDeployment,omitempty"`
	Placements         []DemoStatusPlacements `json:"placements,omitempty"`
	Rejections         []DemoStatusRejections `json:"rejections,omitempty"`
	Build              *DemoStatusBuild       `json:"build,omitempty"`
	Conditions         []metav1.Condition     `json:"conditions,omitempty"`
}

type DemoStatusUrls struct {
	Cluster string `json:"cluster"`
	URL     string `json:"url"`
}

type DemoStatusPlacements struct {
	Cluster          string `json:"cluster"`
	ClusterNamespace string `json:"clusterNamespace,omitempty"`
	ClusterUID       string `json:"clusterUid,omitempty"`
	Epoch            int64  `json:"epoch,omitempty"`
	Stage            string `json:"stage,omitempty"`
	Ready            bool   `json:"ready,omitempty"`
	URL              string `json:"url,omitempty"`
	Deployment       string `json:"deployment,omitempty"`
	Message          string `json:"message,omitempty"`
}

type DemoStatusRejections struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count,omitempty"`
}

type DemoStatusBuild struct {
	Id         string                  `json:"id,omitempty"`
	Phase      string                  `json:"phase,omitempty"`
	StartedAt  *metav1.Time            `json:"startedAt,omitempty"`
	FinishedAt *metav1.Time            `json:"finishedAt,omitempty"`
	CacheHit   bool                    `json:"cacheHit,omitempty"`
	LogsRef    *DemoStatusBuildLogsRef `json:"logsRef,omitempty"`
	Message    string                  `json:"message,omitempty"`
}

type DemoStatusBuildLogsRef struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}
