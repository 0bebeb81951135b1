# The contract of every cluster module (terraform-modules/README.md). This provider uses name, region and tags; the
# others describe clouds and are accepted so that the same Cluster can be tried here.

variable "name" {
  description = "Name of the cluster, for people."
  type        = string
}

variable "region" {
  description = "One of the places that onebox pretends to have: local-1 to local-9."
  type        = string

  validation {
    condition     = can(regex("^local-[1-9]$", var.region))
    error_message = "The region of a local cluster is one of local-1, local-2, local-3, local-4, local-5, local-6, local-7, local-8, local-9; there is no region \"${var.region}\"."
  }
}

variable "zones" {
  description = "Zones inside the region. Not used: a local region has one."
  type        = list(string)
  default     = []
}

variable "network" {
  description = "Address ranges. Not used: onebox chooses ranges that do not meet those of its other clusters."
  type = object({
    cidr         = optional(string, "")
    pod_cidr     = optional(string, "")
    service_cidr = optional(string, "")
  })
  default = {}
}

variable "kubernetes_version" {
  description = "Kubernetes version. Not used: onebox has one."
  type        = string
  default     = ""
}

variable "node_pools" {
  description = "Pools of machines. Not used: a local cluster has one node."
  type        = any
  default     = []
}

variable "endpoint" {
  description = "Who may reach the API server. Not used: a local cluster is reached from this machine only."
  type = object({
    public        = optional(bool, true)
    allowed_cidrs = optional(list(string), [])
  })
  default = {}
}

variable "services" {
  description = "Cloud services beside the cluster. Not used: there are none."
  type        = any
  default     = {}
}

variable "tags" {
  description = "Tags of everything that is made; causeway-cluster-uid is what onebox knows the cluster by."
  type        = map(string)

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z-]{0,62}$", var.tags["causeway-cluster-uid"]))
    error_message = "tags must have a causeway-cluster-uid of letters, digits and dashes."
  }
}

variable "socket" {
  description = "The unix socket causeway-onebox answers on."
  type        = string
  default     = "/run/onebox/onebox.sock"
}

variable "outputs_folder" {
  description = "Where onebox writes ID.json with the outputs of a cluster."
  type        = string
  default     = "/run/onebox/outputs"
}
