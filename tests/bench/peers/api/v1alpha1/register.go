// Package v1alpha1 is the four kinds of causeway.dev as a Go operator would have them: structs with JSON tags, optional
// structs as pointers, generated deep copies.
//
// +kubebuilder:object:generate=true
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.19.0 object paths=.

var GroupVersion = schema.GroupVersion{Group: "causeway.dev", Version: "v1alpha1"}

func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion,
		&Cluster{}, &ClusterList{}, &Demo{}, &DemoList{}, &ImageTemplate{}, &ImageTemplateList{}, &Repo{}, &RepoList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
