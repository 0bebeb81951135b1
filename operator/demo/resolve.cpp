#include "operator/demo/resolve.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "kube/core/quantity.hpp"
#include "operator/image_template/digest.hpp"
#include "operator/image_template/dockerfile.hpp"

namespace causeway::op::demo {
namespace {

using crds::DemoStage;

constexpr std::int64_t kDefaultPort = 7860;
constexpr std::int64_t kDefaultBuildSeconds = 1800;
constexpr const char* kDefaultCpu = "100m";
constexpr const char* kDefaultMemory = "256Mi";

Blocker config_error(std::string reason, std::string message) {
  return {DemoStage::ConfigError, std::move(reason), std::move(message), true};
}

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

bool fits(const crds::TemplateParameter& parameter, const std::string& value) {
  const char *begin = value.data(), *end = value.data() + value.size();
  switch (parameter.type) {
    case crds::ParameterType::String:
      return true;
    case crds::ParameterType::Boolean:
      return value == "true" || value == "false";
    case crds::ParameterType::Integer: {
      long long number = 0;
      const auto [rest, error] = std::from_chars(begin, end, number);
      return error == std::errc{} && rest == end;
    }
    case crds::ParameterType::Number: {
      double number = 0;
      const auto [rest, error] = std::from_chars(begin, end, number);
      return error == std::errc{} && rest == end;
    }
  }
  return false;
}

std::string_view type_name(crds::ParameterType type) {
  switch (type) {
    case crds::ParameterType::String:
      return "text";
    case crds::ParameterType::Integer:
      return "an integer";
    case crds::ParameterType::Number:
      return "a number";
    case crds::ParameterType::Boolean:
      return "true or false";
  }
  return "";
}

// The parameters' values with the template's defaults; a blocker names the first that is wrong.
std::variant<std::map<std::string, std::string>, Blocker> parameters_of(const crds::Demo& demo,
                                                                        const crds::ImageTemplate* t) {
  std::map<std::string, std::string> values = demo.spec.parameters;
  if (!t) return values;
  std::vector<std::string> known;
  for (const auto& p : t->spec.parameters) known.push_back(p.name);
  for (const auto& [name, value] : demo.spec.parameters) {
    const auto found = std::find_if(t->spec.parameters.begin(), t->spec.parameters.end(),
                                    [&, n = name](const auto& p) { return p.name == n; });
    if (found == t->spec.parameters.end())
      return config_error("UnknownParameter", "spec.parameters." + name + " is none of template " + t->metadata.name +
                                                  "; it has: " + join(known));
    if (found->secret)
      return config_error("SecretParameter", "spec.parameters." + name +
                                                 " is secret: put it into a Secret and name that in spec.secretRefs");
    if (!fits(*found, value))
      return config_error("InvalidParameter", "spec.parameters." + name + " is \"" + value + "\"; it has to be " +
                                                  std::string(type_name(found->type)));
  }
  for (const auto& p : t->spec.parameters) {
    if (values.contains(p.name) || p.secret) continue;
    if (p.default_) {
      values[p.name] = *p.default_;
    } else if (p.required) {
      return config_error("MissingParameter", "template " + t->metadata.name + " needs spec.parameters." + p.name +
                                                  (p.description.empty() ? "" : " (" + p.description + ")"));
    }
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
    return config_error("RepoNotFound", "there is no Repo " + ns + "/" + ref.name +
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
  source.url = base_url + "/" + repo->spec.path + ".git";
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
    return config_error("TemplateNotFound",
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
  auto parameters = parameters_of(demo, t);
  if (auto* blocker = std::get_if<Blocker>(&parameters)) return *blocker;
  const auto& values = std::get<0>(parameters);

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
  if (d.resources.cpu.empty()) d.resources.cpu = kDefaultCpu;
  if (d.resources.memory.empty()) d.resources.memory = kDefaultMemory;
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
