terraform {
  # The oldest with `terraform_data`, `replace_triggered_by` and `terraform test`; OpenTofu has had them since 1.6.
  required_version = ">= 1.6"
}
