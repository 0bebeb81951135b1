#pragma once
// What a build is told, what it answers, and the id that its inputs hash to. Values; JSON by kube/core/codec.hpp.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace causeway::op::build {

// Everything the result depends on, and where it goes.
struct BuildSpec {
  std::string repository;  // URL without credentials: which one it is
  std::string address;     // where it is fetched, "" = at that URL; no input, as the same commit is fetched
  std::string commit;      // 40 hexadecimal digits
  std::string path;        // folder inside the repository, "" = its root
  std::string dockerfile;  // text of the template's; "" = the repository's own
  std::map<std::string, std::string> args;
  std::string image;  // "registry.causeway.internal/u-ada/digits", without tag
  std::string tag;
  std::int64_t timeout_seconds = 1800;
  bool operator==(const BuildSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(BuildSpec, (), (repository, address, commit, path, dockerfile, args, image, tag, timeout_seconds))

// Why there is no image. Terminal: only other inputs can help. Transient: the same build may succeed later.
enum class BuildReason {
  None,
  RevisionNotFound,     // terminal: the commit, the repository or the folder is not there
  NoDockerfile,         // terminal
  NoAppFile,            // terminal: what the template starts is not in the repository
  DockerfileFailed,     // terminal: an instruction failed; the message has the step and its last lines
  RegistryUnavailable,  // transient
  GitUnavailable,       // transient
  Timeout,              // terminal: spec.build.timeout passed
  BuilderFailed         // transient: the pod died, was evicted or never started
};
BOOST_DESCRIBE_ENUM(BuildReason, None, RevisionNotFound, NoDockerfile, NoAppFile, DockerfileFailed, RegistryUnavailable,
                    GitUnavailable, Timeout, BuilderFailed)
bool is_transient(BuildReason reason);

// What a token for reading one repository is bound to: "git.causeway.dev/ada/digits" for http://…/ada/digits.git
// (apiserver/git/platform_tokens.hpp). The same for all of its addresses.
inline constexpr std::string_view kGitAudience = "git.causeway.dev";
std::string git_audience(std::string_view repository);

// In /dev/termination-log, at most 4 KiB as JSON.
struct BuildResult {
  std::string image, digest;  // digest "sha256:…" when it succeeded
  BuildReason reason = BuildReason::None;
  std::string message;  // for people
  bool operator==(const BuildResult&) const = default;
};
BOOST_DESCRIBE_STRUCT(BuildResult, (), (image, digest, reason, message))

// JSON of at most `limit` bytes: the message is shortened in its middle.
std::string to_termination_log(const BuildResult& result, std::size_t limit = 4096);

inline constexpr int kExitTerminal = 1;
inline constexpr int kExitTransient = 75;  // EX_TEMPFAIL (sysexits.h)

// 16 hexadecimal digits of what the image depends on: repository, commit, path, dockerfile, arguments, and where it
// goes (images are never shared between tenants). Not of address, tag and timeout.
std::string build_id(const BuildSpec& spec);

}  // namespace causeway::op::build
