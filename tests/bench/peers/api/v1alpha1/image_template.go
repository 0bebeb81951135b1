package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// +kubebuilder:object:root=true

type ImageTemplate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              ImageTemplateSpec   `json:"spec,omitempty"`
	Status            ImageTemplateStatus `json:"status,omitempty"`
}

// +kubebuilder:object:root=true

type ImageTemplateList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ImageTemplate `json:"items"`
}

type ImageTemplateSpec struct {
	Family      string                        `json:"family"`
	Version     int64                         `json:"version"`
	Title       string                        `json:"title,omitempty"`
	Description string                        `json:"description,omitempty"`
	Sdk         string                        `json:"sdk,omitempty"`
	Runtime     string                        `json:"runtime,omitempty"`
	Dockerfile  string                        `json:"dockerfile,omitempty"`
	Proc        []string                      `json:"proc,omitempty"`
	Port        int64                         `json:"port,omitempty"`
	Health      *ImageTemplateSpecHealth      `json:"health,omitempty"`
	Parameters  []ImageTemplateSpecParameters `json:"parameters,omitempty"`
	Resources   *ImageTemplateSpecResources   `json:"resources,omitempty"`
	Tags        []string                      `json:"tags,omitempty"`
	Deprecated  bool                          `json:"deprecated,omitempty"`
}

type ImageTemplateSpecHealth struct {
	Path           string `json:"path,omitempty"`
	StartupTimeout string `json:"startupTimeout,omitempty"`
}

type ImageTemplateSpecParameters struct {
	Name        string `json:"name"`
	Type        string `json:"type,omitempty"`
	Default     string `json:"default,omitempty"`
	Required    bool   `json:"required,omitempty"`
	Secret      bool   `json:"secret,omitempty"`
	Description string `json:"description,omitempty"`
}

type ImageTemplateSpecResources struct {
	Cpu    *intstr.IntOrString            `json:"cpu,omitempty"`
	Memory *intstr.IntOrString            `json:"memory,omitempty"`
	Gpu    *ImageTemplateSpecResourcesGpu `json:"gpu,omitempty"`
}

type ImageTemplateSpecResourcesGpu struct {
	Type  string `json:"type,omitempty"`
	Count int64  `json:"count,omitempty"`
}

type ImageTemplateStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Digest             string             `json:"digest,omitempty"`
	Latest             bool               `json:"latest,omitempty"`
	DemoCount          int64              `json:"demoCount,omitempty"`
	Warnings           []string           `json:"warnings,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}
