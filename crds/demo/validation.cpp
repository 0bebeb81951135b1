#include "crds/demo/validation.hpp"

#include <algorithm>

#include "crds/field_checks.hpp"
#include "crds/image_template/validation.hpp"
#include "crds/patterns.hpp"
#include "kube/core/quantity.hpp"

namespace causeway::crds {

namespace {

constexpr std::size_t kMaxHostLabel = 63;  // RFC 1035

void check_source(const DemoSpec& spec, FieldErrors& errors) {
  const bool image = !spec.image.empty();
  const int sources = (spec.repo_ref ? 1 : 0) + (spec.source ? 1 : 0) + (image ? 1 : 0);
  if (sources != 1) {
    errors.push_back({"spec", sources == 0 ? "does not say what to run" : "names more than one thing to run",
                      "exactly one of repoRef, source, image"});
  }
  const auto only_built = [&](bool set, std::string_view field) {
    if (image && set) {
      errors.push_back({"spec." + std::string(field), "is for what is built, and an image is run as it is",
                        "nothing here, or repoRef instead of image"});
    }
  };
  only_built(spec.template_ref.has_value(), "templateRef");
  only_built(!spec.revision.empty(), "revision");
  only_built(!spec.path.empty(), "path");
  if (!spec.build.mode) return;
  if ((*spec.build.mode == BuildMode::Prebuilt) != image) {
    errors.push_back({"spec.build.mode", image ? "is not Prebuilt although image is set" : "is Prebuilt without image",
                      "leave it out: it follows from image and templateRef"});
  } else if (*spec.build.mode == BuildMode::Template && !spec.template_ref) {
    errors.push_back(
        {"spec.build.mode", "is Template without templateRef", "templateRef, for example {family: python}"});
  }
}

void check_placement(const DemoSpec& spec, FieldErrors& errors) {
  const Placement& placement = spec.placement;
  if (placement.strategy == PlacementStrategy::Pinned && placement.regions.empty() && !placement.cluster_selector) {
    errors.push_back({"spec.placement.strategy", "Pinned does not say where", "regions or clusterSelector with it"});
  }
  for (std::size_t i = 0; i < placement.tolerations.size(); ++i) {
    const Toleration& toleration = placement.tolerations[i];
    const std::string path = "spec.placement.tolerations[" + std::to_string(i) + "]";
    if (toleration.key.empty() && toleration.operator_ != TolerationOperator::Exists) {
      errors.push_back({path + ".key", "is missing", "a key, or operator: Exists to tolerate everything"});
    }
    if (!toleration.value.empty() && toleration.operator_ == TolerationOperator::Exists) {
      errors.push_back({path + ".value", "operator Exists takes no value", "nothing here, or operator: Equal"});
    }
  }
  if (spec.storage && placement.cluster_count != 1) {
    errors.push_back({"spec.placement.clusterCount", "a Demo with storage runs in one cluster", "1, or no storage"});
  }
  if (spec.exclusive && (placement.cluster_count != 1 || spec.scaling.max != 1)) {
    errors.push_back({"spec.exclusive", "an exclusive Demo is one copy in one cluster",
                      "placement.clusterCount: 1 and scaling.max: 1"});
  }
}

void check_paths(const DemoSpec& spec, FieldErrors& errors) {
  const auto outside = [](std::string_view path) {
    return path == ".." || path.starts_with("../") || path.ends_with("/..") ||
           path.find("/../") != std::string_view::npos;
  };
  if (outside(spec.path)) {
    errors.push_back({"spec.path", "\"" + spec.path + "\" leads out of the repository",
                      "a folder of the repository, for example \"apps/digits\""});
  }
  for (std::size_t i = 0; i < spec.models.size(); ++i) {
    const std::string path = "spec.models[" + std::to_string(i) + "].mountPath";
    const std::string& mount = spec.models[i].mount_path;
    if (outside(mount)) errors.push_back({path, "contains \"..\"", "a plain absolute path, for example /models/a"});
    if (spec.storage && spec.storage->mount_path == mount) {
      errors.push_back({path, "is also where storage is mounted", "a path of its own"});
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (spec.models[j].mount_path == mount) {
        errors.push_back({path, "is also where \"" + spec.models[j].name + "\" is mounted", "a path of its own"});
      }
    }
  }
}

void check_durations(const DemoSpec& spec, FieldErrors& errors) {
  const auto at_least = [&](std::string_view path, const std::string& text, std::chrono::seconds least) {
    const auto duration = kube::parse_duration(text);
    if (duration.ok() && *duration < least) {
      errors.push_back(
          {"spec." + std::string(path), "\"" + text + "\" is too short", kube::format_duration(least) + " or more"});
    }
  };
  at_least("build.timeout", spec.build.timeout, std::chrono::seconds(10));
  at_least("placement.failover.after", spec.placement.failover.after, std::chrono::seconds(40));
  at_least("scaling.idleTimeout", spec.scaling.idle_timeout, std::chrono::seconds(10));
  if (!spec.health.startup_timeout.empty()) {
    at_least("health.startupTimeout", spec.health.startup_timeout, std::chrono::seconds(1));
  }
}

}  // namespace

FieldErrors validate_host_label(std::string_view demo, std::string_view owner) {
  FieldErrors errors;
  if (demo.find("--") != std::string_view::npos || !matches_pattern(demo, kLabelPattern)) {
    errors.push_back({"metadata.name", "becomes part of the host name <demo>--<owner>",
                      describe_pattern(kLabelPattern) + ", without \"--\" and without dots"});
  }
  if (owner.find("--") != std::string_view::npos) {
    errors.push_back({"metadata.namespace", "the account \"" + std::string(owner) + "\" contains \"--\"",
                      "an account whose name does not: \"--\" separates demo and owner in host names"});
  }
  const std::string label = host_label(demo, owner);
  if (label.size() > kMaxHostLabel) {
    const std::size_t rest = owner.size() + 2 < kMaxHostLabel ? kMaxHostLabel - owner.size() - 2 : 0;
    errors.push_back({"metadata.name", "the host name part \"" + label + "\" is longer than 63 characters",
                      "a name of at most " + std::to_string(rest) + " characters for this owner"});
  }
  return errors;
}

FieldErrors validate(const Demo& demo, std::string_view owner) {
  FieldErrors errors =
      validate_host_label(demo.metadata.name, owner.empty() ? owner_of_namespace(demo.metadata.namespace_) : owner);
  const DemoSpec& spec = demo.spec;
  check_fields(spec, "spec", errors);
  check_source(spec, errors);
  check_placement(spec, errors);
  check_paths(spec, errors);
  check_durations(spec, errors);
  if (spec.scaling.min > spec.scaling.max) {
    errors.push_back({"spec.scaling.min", std::to_string(spec.scaling.min) + " is more than max",
                      "at most max, " + std::to_string(spec.scaling.max)});
  }
  return errors;
}

FieldErrors validate_update(const Demo& before, const Demo& after) {
  FieldErrors errors;
  check_immutable(before.spec, after.spec, "spec", errors);
  return errors;
}

void set_defaults(Demo& demo) {
  DemoSpec& spec = demo.spec;
  spec.build.mode = build_mode(spec);
  if (!spec.scaling.target) spec.scaling.target = spec.scaling.metric == ScalingMetric::CPU ? 70 : 20;
  if (spec.repo_ref && spec.repo_ref->namespace_.empty()) spec.repo_ref->namespace_ = demo.metadata.namespace_;
  for (ModelMount& model : spec.models) {
    if (model.repo_ref.namespace_.empty()) model.repo_ref.namespace_ = demo.metadata.namespace_;
  }
}

FieldErrors validate_parameters(const Demo& demo, const ImageTemplate& image_template) {
  FieldErrors errors;
  const auto& declared = image_template.spec.parameters;
  for (const auto& [name, value] : demo.spec.parameters) {
    const std::string path = "spec.parameters." + name;
    const auto it = std::ranges::find(declared, name, &TemplateParameter::name);
    if (it == declared.end()) {
      std::string names;
      for (const TemplateParameter& parameter : declared)
        names.append(names.empty() ? "" : ", ").append(parameter.name);
      errors.push_back({path, "template " + image_template.metadata.name + " has no such parameter",
                        names.empty() ? "none: the template has no parameters" : names});
      continue;
    }
    std::string accepted;
    if (it->secret) {
      errors.push_back({path, "is a secret and would be readable here", "an entry of a Secret named in secretRefs"});
    } else if (!accepts(it->type, value, accepted)) {
      errors.push_back({path, "\"" + value + "\" is not of the parameter's type", accepted});
    }
  }
  for (const TemplateParameter& parameter : declared) {
    if (parameter.required && !parameter.secret && !demo.spec.parameters.contains(parameter.name)) {
      errors.push_back({"spec.parameters." + parameter.name, "is missing", parameter.description});
    }
  }
  return errors;
}

}  // namespace causeway::crds
