#pragma once
// From Demo, Repo and ImageTemplate to what is built and run. Pure.

#include <optional>
#include <string>
#include <variant>

#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"
#include "crds/repo/repo.hpp"
#include "operator/demo/model.hpp"
#include "operator/settings.hpp"

namespace causeway::op::demo {

// What the Demo itself shows to be wrong: the same rules as at admission, which may be switched off.
std::optional<Blocker> check_spec(const crds::Demo& demo, const std::string& owner);

// Where the code comes from, once the Repo is known to be usable.
struct CodeSource {
  // Which repository it is: http:// also where that is spoken no more, as what was built and deployed is known by it.
  std::string url;
  std::string address;         // as the hub and build pods reach it now
  std::string default_branch;  // "" = ask
  std::string head_commit;     // of the default branch; "" = ask
  std::string shown;           // for messages: "ada/digits"
};
// `repo` null: there is none of that name. A private Repo of another namespace is as good as none.
std::variant<CodeSource, Blocker> resolve_source(const crds::Demo& demo, const crds::Repo* repo,
                                                 const Settings& settings);

// The template's choice: null with no blocker when the Demo needs none.
struct TemplateChoice {
  const crds::ImageTemplate* image_template = nullptr;
};
std::variant<TemplateChoice, Blocker> resolve_template(const crds::Demo& demo, const crds::ImageTemplate* found);

// All together. `commit` is empty for a prebuilt image, whose digest form is `prebuilt_image`.
std::variant<Inputs, Blocker> resolve_inputs(const crds::Demo& demo, const CodeSource& source,
                                             const crds::ImageTemplate* image_template, const std::string& commit,
                                             const std::string& prebuilt_image, const Settings& settings);

// "registry.causeway.internal/u-ada/digits"
std::string image_repository(const crds::Demo& demo, const Settings& settings);

}  // namespace causeway::op::demo
