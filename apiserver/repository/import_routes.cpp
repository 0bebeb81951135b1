#include "apiserver/repository/import_routes.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/hub.hpp"
#include "apiserver/repository/lookup.hpp"

namespace causeway::api::repository {

using persistence::problem_of;
using rest::Answer, rest::Call, rest::Method, rest::Outcome, rest::Path, rest::Problem;

namespace {

struct ImportView {
  std::string state, url, phase, error, requested_by, created_at, finished_at;
  std::int64_t done = 0, total = 0, bytes = 0;
  static std::string schema_name() { return "Import"; }
};
BOOST_DESCRIBE_STRUCT(ImportView, (),
                      (state, url, phase, error, requested_by, created_at, finished_at, done, total, bytes))
constexpr auto field_rows(const ImportView*) {
  return std::array{
      kube::Row{.member = "state",
                .doc = "`waiting` (its turn comes, or it is tried again), `running`, `succeeded`, `failed` or "
                       "`cancelled`.",
                .required = true},
      kube::Row{.member = "url", .doc = "Where it is copied from.", .required = true},
      kube::Row{.member = "phase", .doc = "While it runs: `connecting`, `receiving` or `resolving`."},
      kube::Row{.member = "error", .doc = "Why it failed; of a waiting one: the last time."},
      kube::Row{.member = "requested_by", .doc = "Who asked for it."},
      kube::Row{.member = "created_at", .doc = "When it was asked for.", .required = true, .format = "date-time"},
      kube::Row{.member = "finished_at", .doc = "When it ended; absent: not yet.", .format = "date-time"},
      kube::Row{.member = "done", .doc = "Objects received, or deltas resolved, while it runs.", .always = true},
      kube::Row{.member = "total", .doc = "Of how many; 0: not known yet.", .always = true},
      kube::Row{.member = "bytes", .doc = "On the disk so far, while it runs.", .always = true}};
}

class ImportRoutes {
 public:
  ImportRoutes(RepositoryStore& store, ImportStore imports, Writer* writer, OnRepositoryDeed done)
      : store_(store), imports_(imports), writer_(writer), done_(std::move(done)) {}

  Outcome<ImportView> show(Call& call, const Path<RepositoryPath>& path) const {
    const auto found = lookup(store_, call, path.value, Right::kWrite);
    if (!found) return found.error();
    const auto latest = of(*found);
    if (!latest) return latest.error();
    return Answer<ImportView>{{latest->state, latest->url, latest->phase, latest->error, latest->requested_by,
                               base::format_time(latest->created_at),
                               latest->finished_at ? base::format_time(*latest->finished_at) : "", latest->done,
                               latest->total, latest->bytes}};
  }

  Outcome<void> cancel(Call& call, const Path<RepositoryPath>& path) const {
    const auto found = lookup(store_, call, path.value, Right::kMaintain);
    if (!found) return found.error();
    const auto latest = of(*found);
    if (!latest) return latest.error();
    if (latest->state == "succeeded" || latest->state == "cancelled")
      return Problem(rest::kConflict, "the import of " + found->path + " is over: " + latest->state);
    if (!writer_) return without_cluster();
    const boost::json::object change{{"import", nullptr}};
    const auto changed = writer_->change(asker_of(call, *found), key_of(*found), change);
    if (!changed) return refused(changed.error());
    if (changed->spec.import_)
      return Problem(rest::kConflict, "something else asks for it: take spec.import out of the Repo there");
    if (auto followed = store_.follow(*changed); !followed) return problem_of(followed.error());
    done_(call, {"repository.changed", *found, change});
    return Answer<void>{};
  }

 private:
  base::Result<Import, Problem> of(const Repository& repository) const {
    auto latest = imports_.find(repository.id);
    if (!latest) return problem_of(latest.error());
    if (!*latest) return Problem(rest::kNotFound, repository.path + " is no import");
    return std::move(**latest);
  }

  RepositoryStore& store_;
  const ImportStore imports_;
  Writer* writer_;
  OnRepositoryDeed done_;
};

}  // namespace

std::vector<rest::Route> import_routes(RepositoryStore& store, ImportStore imports, Writer* writer,
                                       OnRepositoryDeed done) {
  const ImportRoutes all(store, imports, writer, std::move(done));
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = "/api/v1/repositories/{owner}/{name}/import",
       .summary = "How the import of a repository goes",
       .tag = "repositories",
       .description = "For those who may change its content.",
       .access = {rest::Role::kUser, "repository:read"},
       .problems = {rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path) { return all.show(call, path); })});
  routes.push_back(
      {.method = Method::kDelete,
       .path = "/api/v1/repositories/{owner}/{name}/import",
       .summary = "Cancel the import of a repository",
       .tag = "repositories",
       .description = "The repository is empty then, and stays; nothing of what was copied does.",
       .access = {rest::Role::kUser, "repository:write"},
       .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kInvalid, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path) { return all.cancel(call, path); })});
  return routes;
}

}  // namespace causeway::api::repository
