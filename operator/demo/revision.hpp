#pragma once
// Which commit a Demo's revision is. Pure.

#include <string>
#include <variant>
#include <vector>

#include "operator/demo/model.hpp"
#include "operator/demo/resolve.hpp"

namespace causeway::op::demo {

struct KnownCommit {
  std::string commit;
};
struct AskGit {
  std::string name;  // branch or tag, or "HEAD"
};

// A full commit is itself; the default branch's is in the Repo's status; other names are asked of the git server. With
// autoDeploy off, the commit that the newest deployment of the same source and revision was made of stays.
std::variant<KnownCommit, AskGit, Blocker> resolve_commit(const crds::Demo& demo, const CodeSource& source,
                                                          const std::vector<DeploymentRecord>& records);

bool is_commit(std::string_view revision);  // 40 lower-case hexadecimal digits

Blocker revision_not_found(const CodeSource& source, const std::string& name, const std::vector<std::string>& existing);

}  // namespace causeway::op::demo
