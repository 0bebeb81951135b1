#include "operator/demo/revision.hpp"

namespace causeway::op::demo {

bool is_commit(std::string_view revision) {
  return revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::variant<KnownCommit, AskGit, Blocker> resolve_commit(const crds::Demo& demo, const CodeSource& source,
                                                          const std::vector<DeploymentRecord>& records) {
  const auto& revision = demo.spec.revision;
  if (is_commit(revision)) return KnownCommit{revision};
  if (!demo.spec.auto_deploy) {
    const DeploymentRecord* newest = nullptr;
    for (const auto& record : records) {
      if (record.content.repository != source.url || record.content.revision != revision) continue;
      if (record.content.path != demo.spec.path || record.content.commit.empty()) continue;
      if (!newest || record.revision > newest->revision) newest = &record;
    }
    if (newest) return KnownCommit{newest->content.commit};
  }
  const bool is_default = revision.empty() || revision == source.default_branch;
  if (!is_default) return AskGit{revision};
  if (!source.head_commit.empty()) return KnownCommit{source.head_commit};
  return Blocker{crds::DemoStage::NoAppFile, "RepoEmpty",
                 "there is no commit on branch " + source.default_branch + " of " + source.shown +
                     " yet; the demo is built as soon as one is pushed",
                 false};
}

Blocker revision_not_found(const CodeSource& source, const std::string& name,
                           const std::vector<std::string>& existing) {
  std::string list;
  for (std::size_t i = 0; i < existing.size() && i < 10; ++i) list += (i == 0 ? "" : ", ") + existing[i];
  if (existing.size() > 10) list += ", …";
  return {crds::DemoStage::ConfigError, "RevisionNotFound",
          source.shown + " has no branch, tag or full commit \"" + name + "\"" +
              (list.empty() ? "; nothing was pushed yet" : "; it has: " + list),
          true};
}

}  // namespace causeway::op::demo
