#include "operator/demo/resolve.hpp"

#include <algorithm>
#include <cctype>

#include "crds/demo/defaults.hpp"
#include "crds/demo/validation.hpp"
#include "kube/core/quantity.hpp"
#include "operator/image_template/digest.hpp"
#include "operator/image_template/dockerfile.hpp"

namespace causeway::op::demo {
namespace {

using crds::DemoStage;

constexpr std::int64_t kDefaultPort = 7860;
constexpr std::int64_t kDefaultBuildSeconds = 1800;

Blocker absent(std::string reason, std::string message) {
  return {DemoStage::ConfigError, std::move(reason), std::move(message), true, true};
}

Blocker config_error(std::string reason, std::string message) {
  return {DemoStage::ConfigError, std::move(reason), std::move(message), true};
}

// The parameters' values with the template's defaults.
std::map<std::string, std::string> parameters_of(const crds::Demo& demo, const crds::ImageTemplate* t) {
  auto values = demo.spec.parameters;
  if (!t) return values;
  for (const auto& p : t->spec.parameters) {
    if (p.default_ && !p.secret) values.emplace(p.name, *p.default_);
  }
  return values;
}

// settings.images["base-python"] is what ARG BASE_PYTHON gets on this platform.
std::map<std::string, std::string> base_images(const Settings& settings) {
  std::map<std::string, std::string> args;
  for (const auto& [name, image] : settings.images) {
    if (!name.starts_with("base-") || image.empty()) continue;
    std::string arg = name;
    std::transform(arg.begin(), arg.end(), arg.begin(),
                   [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    args[arg] = image;
  }
  return args;
}

bool is_environment_name(const std::string& name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

build::BuildSpec build_spec(const crds::Demo& demo, const CodeSource& source, const crds::ImageTemplate* t,
                            const std::string& commit, const std::map<std::string, std::string>& parameters,
                            const Settings& settings) {
  build::BuildSpec spec;
  spec.repository = source.url;
  if (source.address != source.url) spec.address = source.address;
  spec.commit = commit;
  spec.path = demo.spec.path;
  spec.image = image_repository(demo, settings);
  if (crds::build_mode(demo.spec) == crds::BuildMode::Template && t) spec.dockerfile = t->spec.dockerfile;
  auto args = base_images(settings);
  for (const auto& [name, value] : parameters) args[name] = value;
  for (const auto& [name, value] : demo.spec.build.args) args[name] = value;
  if (!spec.dockerfile.empty()) {
    // Only what the Dockerfile sees is an input: another parameter changes how the demo runs, not its image.
    const auto declared = image_template::Dockerfile::parse(spec.dockerfile).args();
    std::erase_if(args, [&](const auto& arg) { return !declared.contains(arg.first); });
  }
  spec.args = std::move(args);
  const auto timeout = kube::parse_duration(demo.spec.build.timeout.empty() ? "30m" : demo.spec.build.timeout);
  spec.timeout_seconds =
      timeout ? std::max<std::int64_t>(30, std::chrono::duration_cast<std::chrono::seconds>(*timeout).count())
              : kDefaultBuildSeconds;
  spec.tag = build::build_id(spec);
  return spec;
}

}  // namespace

std::string image_repository(const crds::Demo& demo, const Settings& settings) {
  return settings.registry_host + "/" + demo.metadata.namespace_ + "/" + demo.metadata.name;
}

std::optional<Blocker> check_spec(const crds::Demo& demo, const std::string& owner) {
  const auto wrong = crds::validate(demo, owner);
  if (!wrong.empty()) return config_error("InvalidSpec", crds::to_string(wrong));
  // Better not at all than otherwise than asked: a private demo served to everybody would be the worst of answers.
  std::string unserved;
  const auto add = [&](bool asked, const char* what) {
    if (asked) unserved += (unserved.empty() ? "" : "; ") + std::string(what);
  };
  add(demo.spec.visibility != crds::DemoVisibility::Public, "spec.visibility has to be Public");
  add(!demo.spec.models.empty(), "spec.models has to be empty: put weights into the repository");
  add(!demo.spec.hostnames.empty(), "spec.hostnames has to be empty");
  if (unserved.empty()) return std::nullopt;
  return config_error("NotServedYet", "this version of Causeway does not serve it: " + unserved);
}

std::variant<CodeSource, Blocker> resolve_source(const crds::Demo& demo, const crds::Repo* repo,
                                                 const Settings& settings) {
  if (!demo.spec.repo_ref) {
    return config_error("SourceNotServed",
                        "spec.source.git is not served yet: make a Repo with spec.import.url and name it in "
                        "spec.repoRef");
  }
  const auto& ref = *demo.spec.repo_ref;
  const std::string ns = ref.namespace_.empty() ? demo.metadata.namespace_ : ref.namespace_;
  const bool foreign = ns != demo.metadata.namespace_;
  const bool hidden = foreign && repo && repo->spec.visibility == crds::RepoVisibility::Private;
  if (!repo || hidden || repo->metadata.deleting())
    return absent("RepoNotFound", "there is no Repo " + ns + "/" + ref.name +
                                      "; spec.repoRef has to name one (it is used as soon as it is there)");
  const auto* ready = kube::find_condition(repo->status.conditions, crds::repo_conditions::kReady);
  if (!ready || ready->status != "True") {
    const bool stalled = kube::condition_is_true(repo->status.conditions, crds::repo_conditions::kStalled);
    return Blocker{DemoStage::Queued, "RepoNotReady",
                   "Repo " + ns + "/" + ref.name + " is not ready" + (ready ? ": " + ready->message : " yet"), stalled};
  }
  auto base_url = settings.git_internal_url;
  while (base_url.ends_with('/')) base_url.pop_back();
  CodeSource source;
  source.address = base_url + "/" + repo->spec.path + ".git";
  source.url = source.address.starts_with("https://") ? "http://" + source.address.substr(8) : source.address;
  source.shown = repo->spec.path;
  source.default_branch = repo->spec.default_branch;
  if (repo->status.head && repo->status.head->branch == repo->spec.default_branch)
    source.head_commit = repo->status.head->commit;
  return source;
}

std::variant<TemplateChoice, Blocker> resolve_template(const crds::Demo& demo, const crds::ImageTemplate* found) {
  if (!demo.spec.template_ref) {
    if (crds::build_mode(demo.spec) == crds::BuildMode::Template)
      return config_error("TemplateNotNamed", "spec.build.mode is Template, but spec.templateRef names none");
    return TemplateChoice{};
  }
  const auto& ref = *demo.spec.template_ref;
  const std::string shown = ref.version ? crds::template_name(ref.family, *ref.version) : "of family " + ref.family;
  if (!found)
    return absent("TemplateNotFound",
                  "there is no ImageTemplate " + shown + " in " +
                      (ref.namespace_.empty() ? demo.metadata.namespace_ + " or the catalogue" : ref.namespace_) +
                      "; see: kubectl get imagetemplates -A");
  if (kube::condition_is_true(found->status.conditions, crds::image_template_conditions::kStalled)) {
    const auto* ready = kube::find_condition(found->status.conditions, crds::image_template_conditions::kReady);
    return config_error("TemplateNotUsable", "ImageTemplate " + found->metadata.key().to_string() + ": " +
                                                 (ready ? ready->message : "its lint failed"));
  }
  return TemplateChoice{found};
}

std::variant<Inputs, Blocker> resolve_inputs(const crds::Demo& demo, const CodeSource& source,
                                             const crds::ImageTemplate* t, const std::string& commit,
                                             const std::string& prebuilt_image, const Settings& settings) {
  const auto& spec = demo.spec;
  if (t) {
    if (const auto wrong = crds::validate_parameters(demo, *t); !wrong.empty())
      return config_error("InvalidParameters", crds::to_string(wrong));
  }
  const auto values = parameters_of(demo, t);

  Inputs inputs;
  auto& d = inputs.deployment;
  d.commit = commit;
  d.revision = spec.revision;
  d.path = spec.path;
  d.parameters = values;
  d.regions = spec.placement.regions;
  if (t) {
    d.template_name = t->metadata.key().to_string();
    d.template_digest = image_template::build_digest(t->spec);
    d.command = t->spec.proc;
    d.health = t->spec.health;
    d.resources = t->spec.resources;
  }
  d.port = spec.port.value_or(t ? t->spec.port : kDefaultPort);
  if (!spec.health.path.empty()) d.health.path = spec.health.path;
  if (!spec.health.startup_timeout.empty()) d.health.startup_timeout = spec.health.startup_timeout;
  if (!spec.resources.cpu.empty()) d.resources.cpu = spec.resources.cpu;
  if (!spec.resources.memory.empty()) d.resources.memory = spec.resources.memory;
  if (spec.resources.gpu) d.resources.gpu = spec.resources.gpu;
  if (d.resources.cpu.empty()) d.resources.cpu = crds::kDefaultCpu;
  if (d.resources.memory.empty()) d.resources.memory = crds::kDefaultMemory;
  d.storage = spec.storage;

  // What the Dockerfile takes as ARG is for the build; the others are told to the application.
  const auto of_build = t ? image_template::Dockerfile::parse(t->spec.dockerfile).args()
                          : std::map<std::string, std::optional<std::string>>{};
  for (const auto& [name, value] : values) {
    const bool named =
        std::any_of(spec.env.begin(), spec.env.end(), [&, n = name](const auto& e) { return e.name == n; });
    if (is_environment_name(name) && !named && !of_build.contains(name)) d.env.push_back({name, value});
  }
  d.env.insert(d.env.end(), spec.env.begin(), spec.env.end());
  for (const auto& secret : spec.secret_refs) d.secrets.push_back(secret.name);

  if (crds::build_mode(spec) == crds::BuildMode::Prebuilt) {
    d.image = prebuilt_image;
    return inputs;
  }
  d.repository = source.url;
  inputs.build = build_spec(demo, source, t, commit, values, settings);
  d.build_id = build::build_id(*inputs.build);
  return inputs;
}

}  // namespace causeway::op::demo
