#include "operator/build/spec.hpp"

#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "kube/core/codec.hpp"

namespace causeway::op::build {

namespace json = boost::json;

bool is_transient(BuildReason reason) {
  return reason == BuildReason::RegistryUnavailable || reason == BuildReason::GitUnavailable ||
         reason == BuildReason::BuilderFailed;
}

std::string to_termination_log(const BuildResult& result, std::size_t limit) {
  BuildResult shortened = result;
  while (true) {
    auto text = json::serialize(kube::to_json(shortened));
    if (text.size() <= limit || shortened.message.size() < 64) return text;
    // Escapes make JSON longer than its text, so this converges by steps: beginning and end say most.
    const std::size_t keep = shortened.message.size() * 2 / 5;
    shortened.message =
        shortened.message.substr(0, keep) + "\n…\n" + shortened.message.substr(shortened.message.size() - keep);
  }
}

std::string git_audience(std::string_view repository) {
  const auto scheme = repository.find("://");
  const auto slash = repository.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  auto path = slash == std::string_view::npos ? std::string_view() : repository.substr(slash);
  if (path.ends_with(".git")) path.remove_suffix(4);
  return std::string(kGitAudience) + std::string(path);
}

std::string build_id(const BuildSpec& spec) {
  json::object args;
  for (const auto& [name, value] : spec.args) args[name] = value;
  const json::array inputs{1, spec.repository, spec.commit, spec.path, spec.dockerfile, args, spec.image};
  return base::sha256_hex(json::serialize(inputs)).substr(0, 16);
}

}  // namespace causeway::op::build
