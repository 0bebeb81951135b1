#include "operator/demo/pipeline.hpp"

#include "base/log.hpp"
#include "crds/image_template/select.hpp"
#include "operator/demo/git_refs.hpp"
#include "operator/demo/resolve.hpp"
#include "operator/demo/revision.hpp"

namespace causeway::op::demo {
namespace {

// Nobody tells when a branch that is not the default one moves.
constexpr auto kAskGitEvery = std::chrono::seconds(30);
constexpr auto kAskAgain = std::chrono::seconds(10);
constexpr auto kKeepLogWithin = std::chrono::minutes(10);

template <class T>
const T* take(const std::variant<T, Blocker>& outcome, Wish& wish) {
  if (const auto* blocker = std::get_if<Blocker>(&outcome)) wish.blocker = *blocker;
  return std::get_if<T>(&outcome);
}

Blocker passing(std::string reason, std::string message) {
  return {crds::DemoStage::Queued, std::move(reason), std::move(message), false};
}

}  // namespace

std::optional<std::string> Pipeline::find_commit(const crds::Demo& demo, const CodeSource& source,
                                                 const std::vector<DeploymentRecord>& records, Wish& wish,
                                                 std::stop_token stop) {
  const auto outcome = resolve_commit(demo, source, records);
  if (const auto* known = std::get_if<KnownCommit>(&outcome)) return known->commit;
  if (const auto* blocker = std::get_if<Blocker>(&outcome)) {
    wish.blocker = *blocker;
    return std::nullopt;
  }
  const auto& name = std::get<AskGit>(outcome).name;
  wish.again = kAskGitEvery;
  auto ca = settings_.git_authority();
  auto refs = ca ? list_refs(source.address, {}, *ca, stop) : ca.error();
  // As git does: nobody is told who asks for what everybody may read.
  if (!refs && refs.error().code == base::ErrorCode::kPermission) {
    if (const auto credential = effects_.git_credential())
      refs = list_refs(source.address, credential, *ca, std::move(stop));
  }
  if (!refs) {
    wish.again = kAskAgain;
    if (refs.error().code == base::ErrorCode::kPermission || refs.error().code == base::ErrorCode::kNotFound) {
      wish.blocker = Blocker{crds::DemoStage::ConfigError, "RevisionNotFound", refs.error().message, true};
    } else {
      wish.blocker = passing("GitUnavailable", refs.error().message);
    }
    return std::nullopt;
  }
  if (auto commit = commit_of(*refs, name)) return commit;
  wish.blocker = revision_not_found(source, name, short_names(*refs));
  return std::nullopt;
}

std::optional<std::string> Pipeline::find_prebuilt(const crds::Demo& demo, Wish& wish, std::stop_token stop) {
  const auto& image = demo.spec.image;
  const auto wrong = [&](const std::string& why) {
    wish.blocker = Blocker{crds::DemoStage::ConfigError, "InvalidImage", "spec.image \"" + image + "\" " + why, true};
    return std::nullopt;
  };
  const auto parsed = parse_image(image);
  if (!parsed) return wrong("is no image reference (host/name@sha256:… or host/name:tag)");
  const std::string name = (parsed->host.empty() ? "" : parsed->host + "/") + parsed->repository;
  if (!parsed->digest.empty()) return name + "@" + parsed->digest;
  if (parsed->host != settings_.registry_host)
    return wrong("has to name a digest (…@sha256:…): only tags of " + settings_.registry_host + " are looked up");
  auto digest = registry_.digest_of(parsed->repository, parsed->tag.empty() ? "latest" : parsed->tag, std::move(stop));
  if (!digest) {
    wish.again = kAskAgain;
    wish.blocker = passing("RegistryUnavailable", digest.error().message);
    return std::nullopt;
  }
  wish.again = kAskGitEvery;
  if (digest->empty()) return wrong("is not in the registry");
  return name + "@" + *digest;
}

void Pipeline::keep_log(const crds::Demo& demo, Wish& wish) {
  const auto& before = demo.status.build;
  if (before && before->id == wish.build_id && before->logs_ref && before->finished_at == wish.job->finished_at) {
    wish.logs = before->logs_ref;
    return;
  }
  if (wish.job->pod.empty()) return;
  // What could not be kept then is not tried for ever.
  const auto ended = base::parse_time(wish.job->finished_at);
  if (ended && clock_.wall() - *ended > kKeepLogWithin) return;
  auto saved = effects_.save_log(demo, wish.build_id, wish.job->pod);
  if (saved) {
    wish.logs = *saved;
  } else if (!saved.error().not_found()) {
    // The log is a convenience: a demo never waits for it.
    base::log::warn("build log was not kept", {{"build", wish.build_id}, {"error", saved.error().message}});
  }
}

void Pipeline::build_image(const crds::Demo& demo, const build::BuildSpec& spec,
                           const std::vector<DeploymentRecord>& records, Wish& wish, std::stop_token stop) {
  using Action = BuildDecision::Action;
  wish.build_id = build::build_id(spec);
  const auto name = build::job_name(demo.metadata.name, wish.build_id);
  BuildFacts facts;
  facts.restarted_at = demo.spec.restarted_at;
  for (const auto& record : records) {
    if (record.content.build_id == wish.build_id) facts.recorded_image = record.content.image;
  }
  if (const auto job = caches_.job(name); job && !kube::deleting(*job)) {
    facts.job = build::view_of(*job, caches_.pods(name));
    wish.job = facts.job;
    using Phase = build::JobView::Phase;
    if (facts.job->phase == Phase::kSucceeded || facts.job->phase == Phase::kFailed) keep_log(demo, wish);
  }
  const auto repository = demo.metadata.namespace_ + "/" + demo.metadata.name;
  auto decision = plan_build(facts, clock_.wall());
  if (decision.action == Action::kAskRegistry) {
    auto digest = registry_.digest_of(repository, spec.tag, stop);
    facts.registry_down = !digest.ok();
    if (digest) facts.tagged_image = digest->empty() ? std::string() : spec.image + "@" + *digest;
    decision = plan_build(facts, clock_.wall());
    if (!digest) decision.message = digest.error().message;
  }
  wish.again = decision.again ? decision.again : wish.again;
  if (decision.action == Action::kCreate) {
    if (settings_.image("builder").empty()) {
      wish.blocker = Blocker{crds::DemoStage::ConfigError, "NoBuilder",
                             "this platform has no builder: images.builder is missing in its settings", true};
      return;
    }
    decision.message = "the build is queued";
    if (auto created = effects_.create_job(demo, spec); !created) {
      wish.failed = created.error();
      decision.message = "the build's Job cannot be made: " + created.error().message;
    }
  } else if (decision.action == Action::kRetry) {
    if (auto removed = effects_.remove_job(name); !removed) wish.failed = removed.error();
    decision.message = "the build is started again: " + decision.message;
    wish.again = std::chrono::seconds(2);
  }
  wish.build = decision;

  // A build of something that is no longer wished would only delay the one that is.
  for (const auto& job : caches_.jobs(demo.metadata.key())) {
    if (kube::name_of(*job) == name || kube::deleting(*job)) continue;
    if (auto removed = effects_.remove_job(std::string(kube::name_of(*job))); !removed) wish.failed = removed.error();
  }
}

Wish Pipeline::run(const crds::Demo& demo, const std::vector<DeploymentRecord>& records, std::stop_token stop) {
  Wish wish;
  const bool prebuilt = crds::build_mode(demo.spec) == crds::BuildMode::Prebuilt;

  std::vector<std::shared_ptr<const crds::ImageTemplate>> family;
  const crds::ImageTemplate* found = nullptr;
  if (demo.spec.template_ref) {
    family = caches_.templates(demo.spec.template_ref->family);
    std::vector<const crds::ImageTemplate*> pointers;
    for (const auto& t : family) pointers.push_back(t.get());
    found =
        crds::select_template(*demo.spec.template_ref, demo.metadata.namespace_, settings_.system_namespace, pointers);
  }

  CodeSource source;
  std::string commit, image;
  if (prebuilt) {
    auto reference = find_prebuilt(demo, wish, stop);
    if (!reference) return wish;
    image = *reference;
  } else {
    std::shared_ptr<const crds::Repo> repo;
    if (demo.spec.repo_ref) {
      const auto& ref = *demo.spec.repo_ref;
      repo = caches_.repo({ref.namespace_.empty() ? demo.metadata.namespace_ : ref.namespace_, ref.name});
    }
    const auto resolved = resolve_source(demo, repo.get(), settings_);
    const auto* usable = take(resolved, wish);
    if (!usable) return wish;
    source = *usable;
  }
  const auto choice = resolve_template(demo, found);
  const auto* chosen = take(choice, wish);
  if (!chosen) return wish;
  if (!prebuilt) {
    auto resolved = find_commit(demo, source, records, wish, stop);
    if (!resolved) return wish;
    commit = *resolved;
  }
  const auto outcome = resolve_inputs(demo, source, chosen->image_template, commit, image, settings_);
  const auto* inputs = take(outcome, wish);
  if (!inputs) return wish;
  wish.deployment = inputs->deployment;
  if (!inputs->build) return wish;

  build_image(demo, *inputs->build, records, wish, stop);
  if (wish.build && wish.build->action == BuildDecision::Action::kUse) {
    wish.deployment->image = wish.build->image;
  } else {
    wish.deployment.reset();
  }
  return wish;
}

}  // namespace causeway::op::demo
