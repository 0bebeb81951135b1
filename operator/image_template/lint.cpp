#include "operator/image_template/lint.hpp"

#include <set>

#include "crds/image_template/validation.hpp"
#include "operator/image_template/dockerfile.hpp"

namespace causeway::op::image_template {
namespace {

const std::set<std::string, std::less<>> kInstructions{
    "ADD",   "ARG", "CMD",     "COPY",       "ENTRYPOINT", "ENV",        "EXPOSE", "FROM",   "HEALTHCHECK",
    "LABEL", "RUN", "ONBUILD", "MAINTAINER", "SHELL",      "STOPSIGNAL", "USER",   "VOLUME", "WORKDIR"};

constexpr std::size_t kMaxWarningBytes = 900;

// "image:latest" or no tag and no digest at all.
bool floats(const std::string& image) {
  if (image.find('@') != std::string::npos) return false;
  const auto slash = image.rfind('/');
  const auto colon = image.find(':', slash == std::string::npos ? 0 : slash);
  return colon == std::string::npos || image.substr(colon + 1) == "latest";
}

void lint_dockerfile(const crds::ImageTemplateSpec& spec, LintResult& result) {
  const auto file = Dockerfile::parse(spec.dockerfile);
  const auto at = [](const Instruction& i) { return "dockerfile line " + std::to_string(i.line) + ": "; };
  bool from_seen = false, user_seen = false;
  for (const auto& i : file.instructions()) {
    if (!kInstructions.contains(i.name)) {
      result.errors.push_back(at(i) + "\"" + i.name + "\" is no Dockerfile instruction");
      continue;
    }
    if (i.arguments.empty()) result.errors.push_back(at(i) + i.name + " says nothing");
    if (i.name == "FROM") from_seen = true;
    if (!from_seen && i.name != "ARG") result.errors.push_back(at(i) + i.name + " stands before FROM; only ARG may");
    if (i.name == "USER") {
      user_seen = true;
      if (i.arguments == "root" || i.arguments == "0" || i.arguments.starts_with("0:"))
        result.warnings.push_back(at(i) + "demos never run as root; they run as user 1000 whatever USER says");
    }
    if (i.name == "VOLUME")
      result.warnings.push_back(at(i) + "VOLUME is not kept between starts; ask for spec.storage in the Demo");
  }
  if (!from_seen) result.errors.emplace_back("dockerfile: there is no FROM");
  if (from_seen && !user_seen)
    result.warnings.emplace_back(
        "dockerfile: there is no USER; demos run as user 1000, so what it writes must be its own");
  for (const auto& image : file.base_images()) {
    if (floats(image))
      result.warnings.push_back("dockerfile: base image " + image +
                                " has no fixed tag: the same template may give another image tomorrow");
  }
  if (from_seen && spec.proc.empty() && !file.has("CMD") && !file.has("ENTRYPOINT"))
    result.warnings.emplace_back(
        "nothing starts: neither proc nor CMD or ENTRYPOINT in the dockerfile; the base "
        "image's own command is used");
  for (const auto& parameter : spec.parameters) {
    if (!file.args().contains(parameter.name))
      result.warnings.push_back("parameter " + parameter.name +
                                " has no ARG in the dockerfile: a build does not see it");
    if (parameter.secret && file.args().contains(parameter.name))
      result.errors.push_back("parameter " + parameter.name +
                              " is secret and an ARG of the dockerfile: it would stay readable in the image");
  }
}

}  // namespace

LintResult lint(const crds::ImageTemplate& image_template) {
  const auto& spec = image_template.spec;
  LintResult result;
  for (const auto& error : crds::validate(image_template)) result.errors.push_back(error.to_string());
  std::set<std::string> names;
  for (const auto& parameter : spec.parameters) {
    if (!names.insert(parameter.name).second)
      result.errors.push_back("parameter " + parameter.name + " is there twice");
  }
  // Without a dockerfile the repository brings its own.
  if (!spec.dockerfile.empty()) lint_dockerfile(spec, result);
  if (result.warnings.size() > kMaxWarnings) result.warnings.resize(kMaxWarnings);
  for (auto& warning : result.warnings) {
    if (warning.size() > kMaxWarningBytes) warning = warning.substr(0, kMaxWarningBytes) + "…";
  }
  return result;
}

}  // namespace causeway::op::image_template
