#include "operator/demo/effects.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "crds/annotations.hpp"
#include "operator/build/text.hpp"
#include "operator/demo/record.hpp"

namespace causeway::op::demo {
namespace {

namespace json = boost::json;
namespace resources = kube::resources;
using kube::Object;
using kube::Result;

constexpr std::string_view kSwitchedAnnotation = "causeway.dev/switched-at";

json::object labels_of(const kube::ObjectKey& demo) {
  return {{"app.kubernetes.io/managed-by", "causeway"},
          {"causeway.dev/demo", demo.name},
          {"causeway.dev/demo-namespace", demo.ns}};
}

std::string selector_of(const kube::ObjectKey& demo) {
  return "app.kubernetes.io/managed-by=causeway,causeway.dev/demo=" + demo.name +
         ",causeway.dev/demo-namespace=" + demo.ns;
}

kube::WriteOptions apply_options() {
  kube::WriteOptions options;
  options.field_manager = kFieldManager;
  options.force = true;
  return options;
}

Object owned(const kube::ResourceType& type, const std::string& name, const crds::Demo& demo) {
  auto object = kube::make_object(type, demo.metadata.namespace_, name);
  kube::set_at(object, "metadata.labels", labels_of(demo.metadata.key()));
  json::array owners;
  owners.push_back(json::object{{"apiVersion", crds::Demo::kResource.api_version()},
                                {"kind", crds::Demo::kResource.kind},
                                {"name", demo.metadata.name},
                                {"uid", demo.metadata.uid}});
  kube::set_at(object, "metadata.ownerReferences", std::move(owners));
  return object;
}

std::string record_type(const std::string& target) {
  in6_addr buffer{};
  if (::inet_pton(AF_INET, target.c_str(), &buffer) == 1) return "A";
  return ::inet_pton(AF_INET6, target.c_str(), &buffer) == 1 ? "AAAA" : "CNAME";
}

}  // namespace

NameState name_state(const Object* endpoint) {
  NameState state;
  if (!endpoint) return state;
  state.exists = true;
  if (const auto* endpoints = kube::array_at(*endpoint, "spec.endpoints")) {
    for (const auto& e : *endpoints) {
      const auto* targets = e.is_object() ? kube::array_at(e.get_object(), "targets") : nullptr;
      if (!targets) continue;
      for (const auto& target : *targets) {
        if (target.is_string()) state.targets.emplace_back(target.get_string());
      }
    }
  }
  std::sort(state.targets.begin(), state.targets.end());
  if (auto time = base::parse_time(kube::annotation_of(*endpoint, kSwitchedAnnotation)); time) state.switched = *time;
  return state;
}

std::string hash_of_secret(const Object& secret) {
  std::map<std::string, std::string> entries;
  if (const auto* data = kube::object_at(secret, "data")) {
    for (const auto& entry : *data) {
      if (entry.value().is_string()) entries[entry.key()] = entry.value().get_string();
    }
  }
  json::array canonical;
  for (const auto& [key, value] : entries) canonical.push_back(json::array{key, value});
  return base::sha256_hex(json::serialize(canonical)).substr(0, 16);
}

Result<void> Effects::create_job(const crds::Demo& demo, const build::BuildSpec& spec) {
  build::JobOptions options;
  options.ns = settings_.builds_namespace;
  options.builder_image = settings_.image("builder");
  options.demo_namespace = demo.metadata.namespace_;
  options.demo_name = demo.metadata.name;
  options.demo_uid = demo.metadata.uid;
  options.traceparent = tracker_.begin(demo.metadata.key());
  options.tracing_endpoint = settings_.tracing_endpoint;
  auto ca = settings_.git_authority();
  if (!ca) return kube::Error::local(ca.error().message);
  options.git_ca_pem = std::move(*ca);
  kube::WriteOptions write;
  write.field_manager = kFieldManager;
  auto created = client_.create(resources::kJob, build::job_for(spec, options), write);
  if (!created && !created.error().already_exists()) return created.error();
  if (created) tracker_.build_started();
  return {};
}

Result<void> Effects::remove_job(const std::string& name) {
  return client_.remove(resources::kJob, settings_.builds_namespace, name);
}

Result<bool> Effects::builds_run(const crds::Demo& demo) {
  kube::ListOptions mine;
  mine.label_selector = selector_of(demo.metadata.key());
  auto pods = client_.list(resources::kPod, settings_.builds_namespace, mine);
  if (!pods) return pods.error();
  return std::any_of(pods->items.begin(), pods->items.end(), [](const Object& pod) {
    const auto phase = kube::string_at(pod, "status.phase");
    return phase != "Succeeded" && phase != "Failed";
  });
}

Result<crds::ObjectRef> Effects::save_log(const crds::Demo& demo, const std::string& id, const std::string& pod) {
  kube::LogOptions options;
  options.container = build::kContainer;
  options.limit_bytes = kMaxLogBytes;
  auto text = client_.logs(settings_.builds_namespace, pod, options);
  if (!text) return text.error();
  const std::string name = "build-log-" + id;
  auto map = owned(resources::kConfigMap, name, demo);
  kube::set_at(map, "data", json::object{{"log", build::tail(*text, kMaxLogBytes)}});
  auto applied = client_.apply(resources::kConfigMap, map, apply_options());
  if (!applied) return applied.error();

  kube::ListOptions mine;
  mine.label_selector = selector_of(demo.metadata.key());
  auto logs = client_.list(resources::kConfigMap, demo.metadata.namespace_, mine);
  if (!logs) return logs.error();
  std::vector<std::pair<std::string, std::string>> by_age;
  for (const auto& item : logs->items) {
    if (kube::name_of(item).starts_with("build-log-"))
      by_age.emplace_back(kube::string_at(item, "metadata.creationTimestamp"), kube::name_of(item));
  }
  std::sort(by_age.rbegin(), by_age.rend());
  for (std::size_t i = kMaxLogs; i < by_age.size(); ++i) {
    if (by_age[i].second == name) continue;
    if (auto r = client_.remove(resources::kConfigMap, demo.metadata.namespace_, by_age[i].second); !r)
      return r.error();
  }
  return crds::ObjectRef{name, demo.metadata.namespace_};
}

Result<void> Effects::remove_logs(const crds::Demo& demo) {
  kube::ListOptions mine;
  mine.label_selector = selector_of(demo.metadata.key());
  auto logs = client_.list(resources::kConfigMap, demo.metadata.namespace_, mine);
  if (!logs) return logs.error();
  for (const auto& item : logs->items) {
    if (auto r = client_.remove(resources::kConfigMap, demo.metadata.namespace_, kube::name_of(item)); !r) return r;
  }
  return {};
}

Result<void> Effects::write_record(const DeploymentRecord& record, const crds::Demo& demo) {
  kube::WriteOptions write;
  write.field_manager = kFieldManager;
  auto created = client_.create(resources::kControllerRevision, to_object(record, demo), write);
  if (created) return {};
  if (!created.error().already_exists()) return created.error();
  auto patched = client_.patch(resources::kControllerRevision, demo.metadata.namespace_, record.name,
                               kube::PatchType::kMerge, json::object{{"revision", record.revision}}, write);
  if (!patched) return patched.error();
  return {};
}

Result<void> Effects::remove_record(const std::string& ns, const std::string& name) {
  return client_.remove(resources::kControllerRevision, ns, name);
}

Result<std::map<std::string, std::string>> Effects::copy_secrets(const crds::Demo& demo,
                                                                 const std::vector<std::string>& secrets,
                                                                 const std::vector<std::string>& namespaces,
                                                                 std::optional<Blocker>& missing) {
  std::map<std::string, std::string> hashes;
  for (const auto& name : secrets) {
    auto secret = client_.get(resources::kSecret, demo.metadata.namespace_, name);
    if (!secret && secret.error().not_found()) {
      missing = Blocker{crds::DemoStage::ConfigError, "SecretNotFound",
                        "there is no Secret " + demo.metadata.namespace_ + "/" + name +
                            ", which spec.secretRefs names; it is used as soon as it is there",
                        true, true};
      return hashes;
    }
    if (!secret) return secret.error();
    hashes[name] = hash_of_secret(*secret);
    for (const auto& ns : namespaces) {
      auto copy = kube::make_object(resources::kSecret, ns, copied_secret_name(demo, name));
      kube::set_at(copy, "metadata.labels", labels_of(demo.metadata.key()));
      copy["type"] = "Opaque";
      const auto* data = kube::object_at(*secret, "data");
      copy["data"] = data ? json::value(*data) : json::value(json::object{});
      auto applied = client_.apply(resources::kSecret, copy, apply_options());
      if (!applied) return applied.error();
    }
  }
  return hashes;
}

Result<crds::Assignment> Effects::apply_assignment(const crds::Assignment& assignment) {
  auto object =
      kube::make_object(crds::Assignment::kResource, assignment.metadata.namespace_, assignment.metadata.name);
  json::object labels;
  for (const auto& [key, value] : assignment.metadata.labels) labels[key] = value;
  kube::set_at(object, "metadata.labels", std::move(labels));
  object["spec"] = kube::to_json(assignment.spec);
  const auto& ref = assignment.spec.demo_ref;
  if (assignment.spec.desired == crds::Desired::Running) {
    if (auto trace = tracker_.begin({ref.namespace_, ref.name}); !trace.empty())
      kube::set_at(object, "metadata.annotations", json::object{{crds::kTraceparentAnnotation, std::move(trace)}});
  }
  auto applied = client_.apply(crds::Assignment::kResource, object, apply_options());
  if (!applied) return applied.error();
  std::vector<std::string> kept;
  for (const auto& secret : assignment.spec.env_from) kept.push_back(secret.name);
  if (auto r = remove_copies(assignment.metadata.namespace_, {ref.namespace_, ref.name}, kept); !r) return r.error();
  return kube::decode<crds::Assignment>(*applied);
}

Result<void> Effects::remove_copies(const std::string& ns, const kube::ObjectKey& demo,
                                    const std::vector<std::string>& kept) {
  kube::ListOptions copied;
  copied.label_selector = selector_of(demo);
  auto secrets = client_.list(resources::kSecret, ns, copied);
  if (!secrets) return secrets.error();
  for (const auto& secret : secrets->items) {
    const auto name = kube::name_of(secret);
    if (std::find(kept.begin(), kept.end(), name) != kept.end()) continue;
    if (auto r = client_.remove(resources::kSecret, ns, name); !r) return r;
  }
  return {};
}

Result<void> Effects::forget_assignment(const kube::ObjectKey& key, const kube::ObjectKey& demo) {
  if (auto r = remove_copies(key.ns, demo, {}); !r) return r;
  return client_.remove(crds::Assignment::kResource, key.ns, key.name);
}

Result<Object> Effects::set_name(const crds::Demo& demo, const std::string& host,
                                 const std::vector<std::string>& targets, base::WallTime now) {
  const auto key = demo.metadata.key();
  auto object =
      kube::make_object(resources::kDnsEndpoint, settings_.system_namespace, crds::assignment_name(key.ns, key.name));
  kube::set_at(object, "metadata.labels", labels_of(key));
  kube::set_at(object, "metadata.annotations", json::object{{kSwitchedAnnotation, base::format_time(now)}});
  std::map<std::string, json::array> by_type;
  for (const auto& target : targets) by_type[record_type(target)].push_back(json::string(target));
  json::array endpoints;
  for (auto& [type, list] : by_type) {
    endpoints.push_back(json::object{
        {"dnsName", host}, {"recordType", type}, {"recordTTL", kRecordTtlSeconds}, {"targets", std::move(list)}});
  }
  kube::set_at(object, "spec", json::object{{"endpoints", std::move(endpoints)}});
  return client_.apply(resources::kDnsEndpoint, object, apply_options());
}

Result<void> Effects::remove_name(const kube::ObjectKey& demo) {
  return client_.remove(resources::kDnsEndpoint, settings_.system_namespace, crds::assignment_name(demo.ns, demo.name));
}

std::optional<GitCredential> Effects::git_credential() {
  auto secret = client_.get(resources::kSecret, settings_.builds_namespace, build::kGitSecret);
  if (!secret) {
    const auto token = base::read_file(settings_.git_token_file);
    return token ? std::optional(GitCredential{std::string(build::kGitAudience), *token}) : std::nullopt;
  }
  auto username = kube::secret_value(*secret, "username"), password = kube::secret_value(*secret, "password");
  if (!username || !password) return std::nullopt;
  return GitCredential{*username, *password};
}

}  // namespace causeway::op::demo
