#pragma once
// The build context: the folder of the checkout that is built, and the Dockerfile it is built by.

#include <filesystem>
#include <string>

#include "operator/build/spec.hpp"

namespace causeway::op::build {

struct Context {
  std::filesystem::path folder, dockerfile;
};

// Fills `context`; a result with another reason than None says what is missing. `scratch` takes the template's
// Dockerfile, outside the context. Links that lead out of the checkout are not followed.
// A template that declares ARG APP_FILE starts that file: it must be there.
BuildResult prepare_context(const BuildSpec& spec, const std::filesystem::path& checkout,
                            const std::filesystem::path& scratch, Context& context);

}  // namespace causeway::op::build
