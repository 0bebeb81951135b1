#pragma once
// The folder a run works in: a copy of the provider's modules, the variables, our backend and CLI configuration.

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/files.hpp"
#include "base/result.hpp"
#include "kube/core/object.hpp"

namespace causeway::op::terraform {

// Where state is kept: the `kubernetes` backend in the run namespace.
struct Backend {
  std::string ns, secret_suffix, cluster_uid;
  std::string kubeconfig;  // path; empty: the pod's service account
};

// A provider's modules with the variables they are run with: what a later destroy needs.
struct Bundle {
  std::string archive;  // tar.gz of the provider's folder
  kube::json::object variables;
  std::string fingerprint() const;  // SHA-256; the same inputs give the same one
};

// Packs terraform-modules/<provider>. kInvalidArgument: there is no such module here; the message names those there
// are.
base::Result<Bundle> make_bundle(const std::filesystem::path& modules, const std::string& provider,
                                 kube::json::object variables);

class Workspace {
 public:
  // Unpacks the bundle into a new temporary folder, removed by the destructor. Without an archive: a configuration of
  // nothing, for looking at the state.
  static base::Result<std::unique_ptr<Workspace>> make(const Bundle& bundle, const Backend& backend,
                                                       const std::filesystem::path& provider_mirror);

  const std::filesystem::path& folder() const { return module_; }  // terraform's working directory
  std::filesystem::path plan_file() const { return temporary_.path() / "tfplan"; }
  std::filesystem::path data_folder() const { return temporary_.path() / "data"; }
  std::filesystem::path cli_config() const { return temporary_.path() / "cli.tfrc"; }
  std::filesystem::path errored_state() const { return module_ / "errored.tfstate"; }

 private:
  Workspace() : temporary_("causeway-terraform") {}
  base::TemporaryDirectory temporary_;
  std::filesystem::path module_;
};

// The environment terraform gets: `inherited` without TF_* and KUBE* (ours decide, not the image's), what automation
// wants, and the provider's credentials. Credentials that would change how programs are found or loaded (PATH, LD_*,
// TF_*, HOME …) are refused; their names are in `refused`.
struct Environment {
  std::map<std::string, std::string> values;
  std::set<std::string> refused;
};
Environment make_environment(const std::map<std::string, std::string>& inherited, const Workspace& workspace,
                             const std::map<std::string, std::string>& credentials);

std::string backend_file(const Backend& backend);
// Providers come from the mirror in the image alone: a run downloads nothing.
std::string cli_config_file(const std::filesystem::path& provider_mirror);

}  // namespace causeway::op::terraform
