output "cluster_id" {
  description = "What onebox knows the cluster by: the Cluster's UID."
  value       = local.answer.cluster_id
}

output "cluster_name" {
  value = local.answer.cluster_name
}

output "endpoint" {
  description = "URL of the API server, reachable from this machine and its clusters."
  value       = local.answer.endpoint
}

output "ca_certificate" {
  value = local.answer.ca_certificate
}

output "kubeconfig" {
  value     = local.answer.kubeconfig
  sensitive = true
}

output "gateway" {
  description = "Where demos answer: scheme, domain, address, port."
  value       = local.answer.gateway
}

output "public_ips" {
  value = local.answer.public_ips
}

output "provider" {
  value = "local"
}

output "region" {
  value = var.region
}

output "capabilities" {
  value = local.answer.capabilities
}

output "services" {
  value = local.answer.services
}
