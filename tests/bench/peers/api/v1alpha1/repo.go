package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// +kubebuilder:object:root=true

type Repo struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              RepoSpec   `json:"spec,omitempty"`
	Status            RepoStatus `json:"status,omitempty"`
}

// +kubebuilder:object:root=true

type RepoList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Repo `json:"items"`
}

type RepoSpec struct {
	Type          string                  `json:"type"`
	Owner         string                  `json:"owner"`
	Path          string                  `json:"path"`
	Visibility    string                  `json:"visibility,omitempty"`
	DisplayName   string                  `json:"displayName,omitempty"`
	Description   string                  `json:"description,omitempty"`
	Website       string                  `json:"website,omitempty"`
	Tags          []string                `json:"tags,omitempty"`
	License       string                  `json:"license,omitempty"`
	DefaultBranch string                  `json:"defaultBranch,omitempty"`
	Collaborators []RepoSpecCollaborators `json:"collaborators,omitempty"`
	Import        *RepoSpecImport         `json:"import,omitempty"`
	Lfs           *RepoSpecLfs            `json:"lfs,omitempty"`
	Host          string                  `json:"host,omitempty"`
	Archived      bool                    `json:"archived,omitempty"`
}

type RepoSpecCollaborators struct {
	User string `json:"user"`
	Role string `json:"role,omitempty"`
}

type RepoSpecImport struct {
	URL            string                        `json:"url"`
	CredentialsRef *RepoSpecImportCredentialsRef `json:"credentialsRef,omitempty"`
	MirrorInterval string                        `json:"mirrorInterval,omitempty"`
}

type RepoSpecImportCredentialsRef struct {
	Name string `json:"name"`
}

type RepoSpecLfs struct {
	Enabled bool     `json:"enabled,omitempty"`
	Filters []string `json:"filters,omitempty"`
}

type RepoStatus struct {
	ObservedGeneration int64                `json:"observedGeneration,omitempty"`
	RepoId             string               `json:"repoId,omitempty"`
	Clone              *RepoStatusClone     `json:"clone,omitempty"`
	Head               *RepoStatusHead      `json:"head,omitempty"`
	BranchCount        int64                `json:"branchCount,omitempty"`
	SizeBytes          int64                `json:"sizeBytes,omitempty"`
	LfsBytes           int64                `json:"lfsBytes,omitempty"`
	Metadata           apiextensionsv1.JSON `json:"metadata,omitempty"`
	Imported           *RepoStatusImported  `json:"imported,omitempty"`
	Conditions         []metav1.Condition   `json:"conditions,omitempty"`
}

type RepoStatusClone struct {
	Http string `json:"http,omitempty"`
	Ssh  string `json:"ssh,omitempty"`
}

type RepoStatusHead struct {
	Branch  string       `json:"branch,omitempty"`
	Commit  string       `json:"commit,omitempty"`
	Message string       `json:"message,omitempty"`
	Author  string       `json:"author,omitempty"`
	Time    *metav1.Time `json:"time,omitempty"`
}

type RepoStatusImported struct {
	At   *metav1.Time `json:"at,omitempty"`
	From string       `json:"from,omitempty"`
}
