#include "operator/terraform/workspace.hpp"

#include <algorithm>
#include <vector>

#include "base/encoding.hpp"
#include "base/process.hpp"
#include "kube/core/object.hpp"

namespace causeway::op::terraform {

namespace fs = std::filesystem;
namespace json = kube::json;

namespace {

base::Error io_error(std::string message) {
  return {base::ErrorCode::kIo, std::move(message)};
}

// A string as HCL has it: JSON's quoting, and no templates.
std::string hcl_string(std::string_view text) {
  std::string out;
  for (char c : json::serialize(json::string(text))) {
    out += c;
    if (c == '$' || c == '%') out += c;
  }
  return out;
}

std::string module_names(const fs::path& modules) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(modules, error), end; !error && it != end; it.increment(error)) {
    if (fs::is_directory(it->path() / "cluster", error)) names.push_back(it->path().filename());
  }
  std::sort(names.begin(), names.end());
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return all.empty() ? "none" : all;
}

bool safe_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

base::Result<void> command(std::vector<std::string> argv) {
  base::ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.out = spec.err = base::ProcessSpec::Stream::kPipe;
  auto r = base::run_checked(std::move(spec));
  if (!r) return r.error();
  return {};
}

// Into root/bundle.
base::Result<void> unpack(const std::string& bytes, const fs::path& root) {
  const fs::path archive = root / "bundle.tar.gz";
  if (auto r = base::write_file_atomic(archive, bytes, 0600); !r) return r;
  auto unpacked = command({"tar", "--no-same-owner", "-C", root / "bundle", "-xzf", archive});
  if (!unpacked) return unpacked.error().wrap("unpacking the module");
  return {};
}

}  // namespace

std::string Bundle::fingerprint() const {
  return base::sha256_hex(base::sha256(archive) + json::serialize(variables));
}

base::Result<Bundle> make_bundle(const fs::path& modules, const std::string& provider, json::object variables) {
  std::error_code error;
  if (!safe_name(provider) || !fs::is_directory(modules / provider / "cluster", error)) {
    return base::Error{base::ErrorCode::kInvalidArgument, "there is no Terraform module for provider \"" + provider +
                                                              "\" in this image; it has: " + module_names(modules)};
  }
  // The same files give the same bytes, so that the fingerprint tells whether anything changed.
  base::TemporaryDirectory temporary("causeway-bundle");
  const std::string file = temporary.path() / "bundle.tar";
  auto packed = command({"tar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner",
                         "--mode=u=rwX,go=rX", "--exclude=.terraform", "--exclude=*.tfstate*", "--exclude=tests", "-C",
                         modules / provider, "-cf", file, "."});
  if (packed) packed = command({"gzip", "-n", "-9", file});
  if (!packed) return packed.error().wrap("packing the module");
  auto bytes = base::read_file(file + ".gz");
  if (!bytes) return bytes.error();
  constexpr std::size_t kLargest = 700u << 10;  // base64 of it still fits a Secret
  if (bytes->size() > kLargest) {
    return base::Error{base::ErrorCode::kInvalidArgument,
                       "the module of provider \"" + provider + "\" is " + std::to_string(bytes->size() >> 10) +
                           " KiB packed; at most " + std::to_string(kLargest >> 10) + " KiB can be kept"};
  }
  return Bundle{std::move(*bytes), std::move(variables)};
}

base::Result<std::unique_ptr<Workspace>> Workspace::make(const Bundle& bundle, const Backend& backend,
                                                         const fs::path& provider_mirror) {
  std::unique_ptr<Workspace> workspace(new Workspace());
  const fs::path root = workspace->temporary_.path();
  workspace->module_ = root / "bundle" / "cluster";

  std::error_code error;
  for (const auto& folder : {root / "bundle", root / "data"}) {
    if (!fs::create_directories(folder, error) && error) {
      return io_error("cannot make " + folder.string() + ": " + error.message());
    }
  }
  if (bundle.archive.empty()) {
    fs::create_directory(workspace->module_, error);
  } else if (auto r = unpack(bundle.archive, root); !r) {
    return r.error();
  }
  if (!fs::is_directory(workspace->module_, error)) return io_error("the bundle has no folder \"cluster\"");

  // Read last of all variable files, and an override file: neither can be shadowed by the module's own.
  const fs::path variables = workspace->module_ / "zz-causeway.auto.tfvars.json";
  if (auto r = base::write_file_atomic(variables, json::serialize(bundle.variables), 0600); !r) return r.error();
  const fs::path backend_path = workspace->module_ / "causeway_override.tf";
  if (auto r = base::write_file_atomic(backend_path, backend_file(backend)); !r) return r.error();
  if (auto r = base::write_file_atomic(workspace->cli_config(), cli_config_file(provider_mirror)); !r) return r.error();
  return workspace;
}

std::string backend_file(const Backend& backend) {
  std::string text = "terraform {\n  backend \"kubernetes\" {\n";
  text += "    namespace     = " + hcl_string(backend.ns) + "\n";
  text += "    secret_suffix = " + hcl_string(backend.secret_suffix) + "\n";
  // Fixed ones: labels are part of how the state is found, so the user's must never be among them.
  text += "    labels        = { \"causeway.dev/cluster-uid\" = " + hcl_string(backend.cluster_uid) + " }\n";
  if (backend.kubeconfig.empty()) {
    text += "    in_cluster_config = true\n";
  } else {
    text += "    config_path = " + hcl_string(backend.kubeconfig) + "\n";
  }
  return text + "  }\n}\n";
}

std::string cli_config_file(const fs::path& provider_mirror) {
  return "disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = " +
         hcl_string(provider_mirror.string()) + "\n  }\n}\n";
}

Environment make_environment(const std::map<std::string, std::string>& inherited, const Workspace& workspace,
                             const std::map<std::string, std::string>& credentials) {
  auto steers = [](std::string_view name) { return name.starts_with("TF_") || name.starts_with("KUBE_"); };
  Environment environment;
  for (const auto& [name, value] : inherited) {
    if (!steers(name) && name != "KUBECONFIG") environment.values[name] = value;
  }
  for (const auto& [name, value] : credentials) {
    const bool loads = name.starts_with("LD_") || name == "PATH" || name == "HOME" || name == "SHELL" ||
                       name == "BASH_ENV" || name == "ENV" || name == "IFS" || name == "GODEBUG" ||
                       name.starts_with("KUBERNETES_") || name == "KUBECONFIG";
    const bool valid = !name.empty() && name.find('=') == name.npos && value.find('\0') == value.npos;
    if (steers(name) || loads || !valid) {
      environment.refused.insert(name);
    } else {
      environment.values[name] = value;
    }
  }
  environment.values["TF_IN_AUTOMATION"] = "1";
  environment.values["TF_INPUT"] = "0";
  environment.values["TF_DATA_DIR"] = workspace.data_folder();
  environment.values["TF_CLI_CONFIG_FILE"] = workspace.cli_config();
  environment.values["CHECKPOINT_DISABLE"] = "1";
  // Terraform looks for its own files in $HOME and complains when there is none.
  environment.values.try_emplace("HOME", workspace.data_folder());
  return environment;
}

}  // namespace causeway::op::terraform
