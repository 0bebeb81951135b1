// The two kinds that have nothing running behind them.

#include "kube/core/codec.hpp"
#include "operator/image_template/status.hpp"
#include "operator/repo/status.hpp"
#include "tests/gitops/states.hpp"

namespace causeway::gitops {

std::vector<State> image_template_states() {
  crds::ImageTemplate t;
  t.metadata.name = "python-v1";
  t.metadata.namespace_ = "causeway-system";
  t.metadata.generation = 2;
  t.spec.family = "python";
  t.spec.version = 1;
  t.spec.dockerfile = "ARG BASE\nFROM ${BASE}\nUSER 1000\nCMD [\"python3\", \"app.py\"]\n";
  const auto now = *base::parse_time("2026-11-24T10:00:00Z");
  const auto seen = [&](crds::ImageTemplate object) {
    object.status = op::image_template::status_of(object, {.latest = true, .demo_count = 1}, now);
    return kube::encode(object);
  };

  std::vector<State> states;
  states.push_back({"imagetemplate-new", "InProgress", "Progressing", as_created(kube::encode(t))});
  states.push_back({"imagetemplate-usable", "Current", "Healthy", seen(t)});
  auto deprecated = t;
  deprecated.spec.deprecated = true;
  states.push_back({"imagetemplate-deprecated", "Current", "Healthy", seen(deprecated)});
  auto broken = t;
  broken.spec.dockerfile = "RUN make\n";
  states.push_back({"imagetemplate-broken", "Failed", "Degraded", seen(broken)});
  return states;
}

std::vector<State> repo_states() {
  using op::repo::Found;
  using op::repo::Problem;
  crds::Repo r;
  r.metadata.name = "digits";
  r.metadata.namespace_ = "u-ada";
  r.metadata.uid = "2f4b7c9d-0000-4000-8000-000000000000";
  r.metadata.generation = 2;
  r.spec.owner = "ada";
  r.spec.path = "ada/digits";
  const auto now = *base::parse_time("2026-11-24T10:00:00Z");
  const auto seen = [&](crds::Repo object, const Found& found) {
    object.status = op::repo::status_of(object, found, "http://git.localhost:8080", now);
    return kube::encode(object);
  };

  std::vector<State> states;
  states.push_back({"repo-new", "InProgress", "Progressing", as_created(kube::encode(r))});
  Found found;
  found.look = op::repo::Look{};
  states.push_back({"repo-empty", "Current", "Healthy", seen(r, found)});
  found.look->head =
      crds::RepoHead{.branch = "main", .commit = std::string(40, 'a'), .message = {}, .author = {}, .time = {}};
  states.push_back({"repo-serving", "Current", "Healthy", seen(r, found)});
  auto archived = r;
  archived.spec.archived = true;
  states.push_back({"repo-archived", "Current", "Healthy", seen(archived, found)});

  found = {};
  found.problem = Problem{"PathTaken", "the path belongs to another Repo", true};
  states.push_back({"repo-path-taken", "Failed", "Degraded", seen(r, found)});
  found.problem = Problem{"StorageFailed", "the disk is full", false};
  states.push_back({"repo-storage-failed", "InProgress", "Progressing", seen(r, found)});
  auto imported = r;
  imported.spec.import_ =
      crds::RepoImport{.url = "https://example.org/digits.git", .credentials_ref = {}, .mirror_interval = "1h"};
  found = {};
  found.import_problem = Problem{"ImportFailed", "the server does not answer", false};
  states.push_back({"repo-import-tried-again", "InProgress", "Progressing", seen(imported, found)});
  return states;
}

}  // namespace causeway::gitops
