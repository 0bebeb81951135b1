#pragma once
// buildah: from a context to an image, and from there to the registry. Output goes to our standard output, the log.

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "operator/build/context.hpp"
#include "operator/build/spec.hpp"

namespace causeway::op::build {

struct BuildahOptions {
  std::filesystem::path registry_certs;  // folder with ca.crt, or absent: the system's trust store
  std::filesystem::path scratch;
  std::string storage_driver = "vfs";  // of the local storage; the same for all steps of a build
  base::Duration timeout = std::chrono::minutes(30);
  std::stop_token stop;
};

// "overlay" where it can be mounted here: in the build's own user namespace, which takes Linux 5.13, a volume that can
// hold upper layers, and a seccomp profile that lets it. Else "vfs", which works everywhere and copies the whole image
// for each of its layers. Runs buildah.
std::string storage_driver(std::stop_token stop);

// Into local storage, as "<image>:<tag>".
BuildResult build_image(const BuildSpec& spec, const Context& context, const BuildahOptions& options);
// To the registry; tried a few times. The result has the digest.
BuildResult push_image(const BuildSpec& spec, const BuildahOptions& options);

// Which kind of failure `buildah bud` had, by what it wrote; `step` is the last "STEP n/m: …" line.
BuildResult classify_bud_failure(std::string_view step, std::string_view last_lines);

// Arguments that a build gets beside its own: certificates and proxies of this machine, for the names that the
// Dockerfile declares (an undeclared argument would only be warned of).
std::map<std::string, std::string> machine_args(const std::string& dockerfile_text,
                                                const std::map<std::string, std::string>& environment);

}  // namespace causeway::op::build
