#pragma once
// One Terraform run, from reading its input to writing its result.

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>

#include "kube/client/client.hpp"
#include "operator/terraform/protocol.hpp"

namespace causeway::op::terraform {

struct RunOptions {
  std::string run_namespace;
  std::string run_id;
  std::optional<crds::RunOperation> operation;  // what the Job was made for; the input must agree
  std::string kubeconfig;                       // for terraform's backend; empty: the pod's service account
  std::filesystem::path modules = "/usr/share/causeway/terraform-modules";
  std::filesystem::path provider_mirror = "/usr/share/terraform/providers";
  std::string program;                             // path of terraform or tofu
  std::string own_pod;                             // the pod's name, which is its hostname
  base::Duration grace = std::chrono::minutes(9);  // from SIGTERM until terraform is killed
  std::map<std::string, std::string> environment;  // what terraform inherits, before our rules
};

// Ends early, in good order, when `stop` is triggered. kUnavailable: the API server could not be reached, so nobody
// knows how it went; the same run can be started again.
base::Result<RunResult> execute_run(kube::Client& client, const RunOptions& options, std::stop_token stop);

}  // namespace causeway::op::terraform
