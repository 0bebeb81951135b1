# Plans only: what the module would ask for. That it works against onebox is tests/integration/terraform_test.

variables {
  name   = "first"
  region = "local-1"
  tags = {
    "causeway-cluster-uid" = "0d6f2c1e-7f1d-4a6b-9d3e-5b1f0c9a8e77"
  }
}

run "asks_for_the_cluster_by_its_uid" {
  command = plan

  assert {
    condition     = terraform_data.cluster.input.id == "0d6f2c1e-7f1d-4a6b-9d3e-5b1f0c9a8e77"
    error_message = "the cluster must be known by the Cluster's UID"
  }
  assert {
    condition     = terraform_data.cluster.input.name == "first" && terraform_data.cluster.input.region == "local-1"
    error_message = "name and region must be passed on"
  }
  assert {
    condition     = terraform_data.cluster.input.outputs_file == "/run/onebox/outputs/0d6f2c1e-7f1d-4a6b-9d3e-5b1f0c9a8e77.json"
    error_message = "the answer is read from the file named by the UID"
  }
  assert {
    condition     = terraform_data.registration.input.id == terraform_data.cluster.input.id
    error_message = "what is removed must be what was made"
  }
  assert {
    condition     = output.provider == "local" && output.region == "local-1"
    error_message = "provider and region are outputs of the contract"
  }
}

run "accepts_the_whole_contract" {
  command = plan

  variables {
    region             = "local-9"
    zones              = ["a"]
    network            = { cidr = "10.0.0.0/16", pod_cidr = "", service_cidr = "" }
    kubernetes_version = "1.34"
    node_pools         = [{ name = "main", type = "Standard", min = 1, max = 1 }]
    endpoint           = { public = true, allowed_cidrs = ["192.0.2.0/24"] }
    services           = { nat = { public_addresses = 1 } }
  }
}

run "refuses_a_region_that_is_not_there" {
  command = plan

  variables {
    region = "eu-central-1"
  }
  expect_failures = [var.region]
}

run "refuses_a_region_beyond_the_last" {
  command = plan

  variables {
    region = "local-10"
  }
  expect_failures = [var.region]
}

run "refuses_a_cluster_without_uid" {
  command = plan

  variables {
    tags = { team = "vision" }
  }
  expect_failures = [var.tags]
}
