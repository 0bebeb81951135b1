#include "crds/image_template/validation.hpp"

#include "crds/field_checks.hpp"
#include "crds/patterns.hpp"

namespace causeway::crds {

bool accepts(ParameterType type, std::string_view value, std::string& accepted) {
  switch (type) {
    case ParameterType::String:
      return true;
    case ParameterType::Integer:
      accepted = "a whole number, for example \"3\"";
      return matches_pattern(value, "^-?[0-9]{1,18}$");
    case ParameterType::Number:
      accepted = "a number, for example \"0.5\"";
      return matches_pattern(value, R"(^-?[0-9]{1,18}(\.[0-9]{1,18})?$)");
    case ParameterType::Boolean:
      accepted = "\"true\" or \"false\"";
      return value == "true" || value == "false";
  }
  return false;
}

FieldErrors validate(const ImageTemplate& image_template) {
  FieldErrors errors;
  const ImageTemplateSpec& spec = image_template.spec;
  check_fields(spec, "spec", errors);
  const std::string name = template_name(spec.family, spec.version);
  if (image_template.metadata.name != name) {
    errors.push_back({"metadata.name", "does not say family and version", "\"" + name + "\""});
  }
  for (std::size_t i = 0; i < spec.parameters.size(); ++i) {
    const TemplateParameter& parameter = spec.parameters[i];
    const std::string path = "spec.parameters[" + std::to_string(i) + "]";
    if (!parameter.default_) continue;
    if (parameter.required) {
      errors.push_back(
          {path + ".required", "a parameter with a default is never missing", "either required or default"});
    }
    if (parameter.secret) {
      errors.push_back(
          {path + ".default", "would be readable by everybody who may read the template", "no default for a secret"});
    }
    std::string accepted;
    if (!accepts(parameter.type, *parameter.default_, accepted)) {
      errors.push_back({path + ".default", "\"" + *parameter.default_ + "\" is not of the parameter's type", accepted});
    }
  }
  return errors;
}

FieldErrors validate_update(const ImageTemplate& before, const ImageTemplate& after) {
  FieldErrors errors;
  check_immutable(before.spec, after.spec, "spec", errors);
  if (before.status.demo_count == 0) return errors;
  const auto frozen = [&](bool same, std::string_view field) {
    if (!same) {
      errors.push_back(
          {"spec." + std::string(field), "cannot be changed while demos use the template",
           "the next version of the family, \"" + template_name(before.spec.family, before.spec.version + 1) + "\""});
    }
  };
  frozen(before.spec.sdk == after.spec.sdk, "sdk");
  frozen(before.spec.dockerfile == after.spec.dockerfile, "dockerfile");
  frozen(before.spec.proc == after.spec.proc, "proc");
  frozen(before.spec.parameters == after.spec.parameters, "parameters");
  return errors;
}

void set_defaults(ImageTemplate& image_template) {
  if (image_template.spec.title.empty()) image_template.spec.title = image_template.spec.family;
}

}  // namespace causeway::crds
