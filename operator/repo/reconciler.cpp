#include "operator/repo/reconciler.hpp"

#include "base/files.hpp"
#include "base/log.hpp"
#include "crds/repo/repo.hpp"
#include "crds/repo/validation.hpp"
#include "kube/core/quantity.hpp"
#include "kube/runtime/finalizer.hpp"
#include "operator/repo/bare_repository.hpp"
#include "operator/repo/events_folder.hpp"
#include "operator/repo/import.hpp"
#include "operator/repo/import_slots.hpp"
#include "operator/repo/leftovers.hpp"
#include "operator/repo/path.hpp"
#include "operator/repo/status.hpp"

namespace causeway::op::repo {
namespace {

namespace fs = std::filesystem;
using crds::Repo;
using kube::ReconcileResult;

constexpr std::string_view kFinalizer = "causeway.dev/repo";
// Imports take minutes: some workers are never theirs, so that pushes are seen meanwhile.
constexpr std::size_t kWorkers = 6, kImports = 4, kImportsOfOne = 2;
constexpr auto kQueueAgain = std::chrono::seconds(3);
constexpr auto kSayAgain = std::chrono::seconds(3);  // how far an import is

Problem storage_problem(const base::Error& error) {
  return {"StorageFailed", error.message, false};
}

class Reconciler {
 public:
  Reconciler(kube::Manager& manager, kube::Informer<Repo>& repos, Settings settings, RepoOptions options)
      : manager_(manager),
        repos_(repos),
        settings_(std::move(settings)),
        options_(std::move(options)),
        layout_{options_.data} {}

  ReconcileResult operator()(const kube::ObjectKey& key, std::stop_token stop) {
    const auto repo = repos_.get(key);
    if (!repo) return ReconcileResult::done();
    if (repo->metadata.deleting()) return remove(*repo, stop);
    auto added = kube::ensure_finalizer(manager_.client(), Repo::kResource, repo->metadata, kFinalizer);
    if (!added) return ReconcileResult::failed(added.error());
    if (*added) return ReconcileResult::done();

    auto shown = *repo;  // with the status that was written last
    const auto found = bring_about(*repo, stop, shown);
    if (stop.stop_requested() || found.not_wanted) return ReconcileResult::done();
    auto updated = shown;
    updated.status = status_of(shown, found, settings_.git_public_url, manager_.clock().wall());
    report(*repo, updated);
    if (auto written = manager_.client().patch_status(shown, updated); !written && !written.error().not_found())
      return ReconcileResult::failed(written.error());
    if (found.problem && !found.problem->terminal) return ReconcileResult::failed(found.problem->message);
    if (found.import_problem && found.import_problem->reason == crds::import_reasons::kQueued)
      return ReconcileResult::after(kQueueAgain);
    if (found.import_problem && !found.import_problem->terminal && !updated.status.imported)
      return ReconcileResult::failed(found.import_problem->message);
    return ReconcileResult::after(options_.check_interval);
  }

 private:
  Found bring_about(const Repo& repo, std::stop_token stop, Repo& shown) {
    Found found;
    if (repo.spec.host != crds::RepoHost::Embedded) {
      found.problem = {"HostNotServed", "spec.host GitLab is not served by this installation; use Embedded", true};
      return found;
    }
    if (const auto wrong = crds::validate(repo); !wrong.empty()) {
      found.problem = {"InvalidSpec", crds::to_string(wrong), true};
      return found;
    }
    const auto path = parse_path(repo.spec.path);
    if (!path) {
      found.problem = {"InvalidPath", path.error().message, true};
      return found;
    }
    const BareRepository bare(layout_.repository(*path), stop);
    if (auto taken = taken_by_another(repo, bare)) {
      found.problem = std::move(taken);
      return found;
    }
    if (!bare.exists()) {
      if (auto moved = move_repository(layout_, repo.metadata.uid, *path, stop); !moved) {
        found.problem = storage_problem(moved.error());
        return found;
      }
    }
    if (!bare.exists() && !make(repo, bare, stop, found, shown)) return found;
    auto configured = bare.configure(repo);
    if (configured) configured = remember_place(layout_, repo.metadata.uid, *path);
    if (!configured) {
      found.problem = storage_problem(configured.error());
      return found;
    }
    if (const auto removed = remove_leftovers(bare.directory(), manager_.clock().wall()); removed > 0)
      base::log::info("removed what broken pushes left", {{"path", path->text()}, {"removed", removed}});
    mirror(repo, bare, stop, found);
    auto look = bare.look(repo.spec.default_branch);
    if (!look) {
      found.problem = storage_problem(look.error());
    } else {
      found.look = std::move(*look);
    }
    return found;
  }

  // A repository lies at this path already and is not ours.
  std::optional<Problem> taken_by_another(const Repo& repo, const BareRepository& bare) {
    if (!bare.exists()) return std::nullopt;
    auto owner = bare.owner();
    if (!owner) return storage_problem(owner.error());
    if (!*owner || (*owner)->uid == repo.metadata.uid) return std::nullopt;
    // The same object after a restored backup has another UID: it stays its own.
    if ((*owner)->object == repo.metadata.key().to_string()) return std::nullopt;
    return Problem{"PathTaken",
                   "the path " + repo.spec.path + " belongs to Repo " + (*owner)->object + "; choose another spec.path",
                   true};
  }

  // In a folder of its own, renamed into place when it is whole. False: `found` says why not.
  bool make(const Repo& repo, const BareRepository& bare, std::stop_token stop, Found& found, Repo& shown) {
    const auto scratch = layout_.temporary() / repo.metadata.uid;
    std::error_code error;
    fs::remove_all(scratch, error);  // of a run that was killed
    fs::create_directories(scratch, error);
    if (error) {
      found.problem = {"StorageFailed", scratch.string() + ": " + error.message(), false};
      return false;
    }
    const BareRepository fresh(scratch / "repository.git", stop);
    bool made = false;
    if (repo.spec.import_) {
      made = import_into(repo, fresh, scratch, stop, found, shown);
    } else {
      auto initialised = fresh.init(repo.spec.default_branch);
      made = initialised.ok();
      if (!made) found.problem = storage_problem(initialised.error());
    }
    if (made) {
      fs::create_directories(bare.directory().parent_path(), error);
      if (!error) fs::rename(fresh.directory(), bare.directory(), error);
      if (error) found.problem = {"StorageFailed", bare.directory().string() + ": " + error.message(), false};
    }
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
    return made && !found.problem;
  }

  // False: `found` says why not.
  bool import_into(const Repo& repo, const BareRepository& fresh, const fs::path& scratch, const std::stop_token& stop,
                   Found& found, Repo& shown) {
    // What was refused stays so until somebody changes the Repo.
    const auto* before = kube::find_condition(repo.status.conditions, crds::repo_conditions::kImported);
    if (before && before->reason == crds::import_reasons::kRefused &&
        before->observed_generation == repo.metadata.generation) {
      found.import_problem = Problem{before->reason, before->message, true};
      return false;
    }
    const auto slot = slots_.take(repo.metadata.namespace_);
    if (!slot) {
      found.import_problem = Problem{std::string(crds::import_reasons::kQueued), "other imports come first", false};
      return false;
    }
    auto options = import_options(scratch, stop);
    std::optional<crds::ImportProgress> said;
    auto at = std::chrono::steady_clock::now();
    options.watch = [&](const crds::ImportProgress& progress) {
      const auto now = repos_.get(repo.metadata.key());
      if (!now || now->metadata.deleting() || now->metadata.uid != repo.metadata.uid ||
          now->spec.import_ != repo.spec.import_)
        return false;
      const auto time = std::chrono::steady_clock::now();
      if (said && (*said == progress || (said->phase == progress.phase && time < at + kSayAgain))) return true;
      said = progress;
      at = time;
      say(shown, progress);
      return true;
    };
    auto imported = give_credentials(repo, options);
    if (imported) imported = import_repository(repo.spec.import_->url, fresh.directory(), options);
    if (imported) {
      found.imported = {.at = base::format_time(manager_.clock().wall()), .from = repo.spec.import_->url};
    } else if (imported.error().code == base::ErrorCode::kCancelled) {
      found.not_wanted = true;
    } else {
      found.import_problem = import_problem(imported.error());
    }
    return imported.ok();
  }

  // Nobody waits for it: what cannot be written now is written the next time.
  void say(Repo& shown, const crds::ImportProgress& progress) {
    Found found;
    found.import_problem = Problem{std::string(crds::import_reasons::kImporting), crds::to_message(progress), false};
    auto updated = shown;
    updated.status = status_of(shown, found, settings_.git_public_url, manager_.clock().wall());
    if (manager_.client().patch_status(shown, updated)) shown = std::move(updated);
  }

  void mirror(const Repo& repo, const BareRepository& bare, std::stop_token stop, Found& found) {
    if (!repo.spec.import_ || repo.spec.import_->mirror_interval.empty() || found.imported) return;
    const auto interval = kube::parse_duration(repo.spec.import_->mirror_interval);
    if (!interval) {
      found.import_problem =
          Problem{"InvalidInterval", "spec.import.mirrorInterval: " + interval.error().message, true};
      return;
    }
    if (repo.status.imported) {
      const auto last = base::parse_time(repo.status.imported->at);
      if (last && manager_.clock().wall() < *last + *interval) return;
    }
    const auto slot = slots_.take(repo.metadata.namespace_);
    if (!slot) return;  // the next check comes soon
    const auto scratch = layout_.temporary() / repo.metadata.uid;
    std::error_code error;
    fs::create_directories(scratch, error);
    auto options = import_options(scratch, stop);
    auto done = give_credentials(repo, options);
    if (done) done = mirror_again(repo.spec.import_->url, bare.directory(), options);
    if (done) {
      found.imported = {.at = base::format_time(manager_.clock().wall()), .from = repo.spec.import_->url};
    } else {
      found.import_problem = import_problem(done.error());
    }
    fs::remove_all(scratch, error);
  }

  ImportOptions import_options(const fs::path& scratch, std::stop_token stop) const {
    return {.allow_private_addresses = options_.allow_private_imports,
            .hosts = settings_.import_hosts,
            .credentials = {},
            .scratch = scratch,
            .max_bytes = options_.max_import_bytes,
            .scan = options_.scan,
            .stop = std::move(stop)};
  }

  // spec.import.credentialsRef as files that git's askpass program reads; they go with the scratch folder.
  base::Result<void> give_credentials(const Repo& repo, ImportOptions& options) {
    if (!repo.spec.import_->credentials_ref) return {};
    const auto name = repo.metadata.namespace_ + "/" + repo.spec.import_->credentials_ref->name;
    auto secret = manager_.client().get(kube::resources::kSecret, repo.metadata.namespace_,
                                        repo.spec.import_->credentials_ref->name);
    if (!secret) {
      const bool forbidden = secret.error().forbidden();
      return base::Error{forbidden ? base::ErrorCode::kInvalidArgument : base::ErrorCode::kUnavailable,
                         "Secret " + name + " of spec.import.credentialsRef cannot be read: " +
                             (forbidden ? "the git service has no right to; let it get Secrets in this namespace"
                                        : secret.error().message)};
    }
    options.credentials = options.scratch / "credentials";
    std::error_code error;
    fs::create_directories(options.credentials, error);
    if (error) return base::Error{base::ErrorCode::kIo, options.credentials.string() + ": " + error.message()};
    for (const char* key : {"username", "password"}) {
      const auto value = kube::secret_value(*secret, key);
      if (!value)
        return base::Error{base::ErrorCode::kInvalidArgument, "Secret " + name + " has no entry \"" + key + "\""};
      if (auto written = base::write_file_atomic(options.credentials / key, *value, 0600); !written) return written;
    }
    return {};
  }

  static Problem import_problem(const base::Error& error) {
    const bool terminal = error.code == base::ErrorCode::kInvalidArgument;
    return {std::string(terminal ? crds::import_reasons::kRefused : crds::import_reasons::kFailed), error.message,
            terminal};
  }

  ReconcileResult remove(const Repo& repo, std::stop_token stop) {
    std::vector<RepoPath> places;
    if (const auto path = parse_path(repo.spec.path)) places.push_back(*path);
    if (const auto path = remembered_place(layout_, repo.metadata.uid)) places.push_back(*path);
    for (const auto& path : places) {
      const BareRepository bare(layout_.repository(path), stop);
      if (!bare.exists()) continue;
      auto owner = bare.owner();
      if (!owner) return ReconcileResult::failed(owner.error().message);
      const bool ours =
          *owner && ((*owner)->uid == repo.metadata.uid || (*owner)->object == repo.metadata.key().to_string());
      if (!ours) continue;
      auto archived = archive_repository(layout_, bare.directory(), repo.metadata.key(), manager_.clock().wall());
      if (!archived) return ReconcileResult::failed(archived.error().message);
      base::log::info("repository archived", {{"path", path.text()}});
    }
    std::error_code ignored;
    fs::remove(layout_.events() / event_slug(repo.metadata.key()), ignored);
    fs::remove_all(layout_.temporary() / repo.metadata.uid, ignored);
    fs::remove(layout_.place(repo.metadata.uid), ignored);
    auto removed = kube::remove_finalizer(manager_.client(), Repo::kResource, repo.metadata, kFinalizer);
    if (!removed) return ReconcileResult::failed(removed.error());
    return ReconcileResult::done();
  }

  void report(const Repo& before, const Repo& after) {
    const auto* was = kube::find_condition(before.status.conditions, crds::repo_conditions::kReady);
    const auto* is = kube::find_condition(after.status.conditions, crds::repo_conditions::kReady);
    const bool waits = is->reason == crds::import_reasons::kQueued;
    if (is->status == "False" && !waits && (!was || was->reason != is->reason))
      manager_.events().warning(Repo::kResource, before.metadata, is->reason, is->message);
    if (is->status == "True" && (!was || was->status != "True"))
      manager_.events().normal(Repo::kResource, before.metadata, "Created", "the repository is served");
    const auto commit = [](const Repo& r) { return r.status.head ? r.status.head->commit : std::string(); };
    if (commit(after) != commit(before) && !commit(after).empty())
      manager_.events().normal(
          Repo::kResource, before.metadata, "Pushed",
          after.status.head->branch + " is now " + commit(after).substr(0, 12) + ": " + after.status.head->message);
  }

  kube::Manager& manager_;
  kube::Informer<Repo>& repos_;
  const Settings settings_;
  const RepoOptions options_;
  const Layout layout_;
  ImportSlots slots_{kImports, kImportsOfOne};
};

}  // namespace

void add_to(kube::Manager& manager, const Settings& settings, const RepoOptions& options) {
  auto& repos = manager.informer<Repo>();
  auto reconciler = std::make_shared<Reconciler>(manager, repos, settings, options);
  auto& controller = manager.controller(
      {.name = "repo", .workers = kWorkers, .leader_only = true},
      [reconciler](const kube::ObjectKey& key, std::stop_token stop) { return (*reconciler)(key, stop); });
  controller.watch(repos);

  const Layout layout{options.data};
  manager.add_runnable("pushes", true, [&controller, &repos, &manager, layout](std::stop_token stop) {
    const auto changed = [&](const std::string& name) {
      if (const auto key = key_of_slug(name); !key.name.empty()) controller.enqueue(key);
    };
    const auto lost = [&] {
      for (const auto& repo : repos.list()) controller.enqueue(repo->metadata.key(), true);
    };
    // Without the folder pushes are still found, by the periodic check.
    while (!stop.stop_requested()) {
      auto followed = follow_folder(layout.events(), changed, lost, stop);
      if (!followed) base::log::error("pushes cannot be followed", {{"error", followed.error().message}});
      if (!stop.stop_requested()) manager.clock().sleep_for(std::chrono::seconds(5), stop);
    }
    return base::Result<void>{};
  });
  manager.add_ready_check("data", [layout]() -> base::Result<void> {
    std::error_code error;
    fs::create_directories(layout.temporary(), error);
    if (error)
      return base::Error{base::ErrorCode::kIo, layout.data.string() + " cannot be written: " + error.message()};
    return {};
  });
}

}  // namespace causeway::op::repo
