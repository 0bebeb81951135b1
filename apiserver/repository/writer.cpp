#include "apiserver/repository/writer.hpp"

#include "apiserver/tenant/manifests.hpp"

namespace causeway::api::repository {

namespace json = boost::json;

namespace {

constexpr int kAttempts = 5;           // of a change that others' changes stopped
constexpr std::size_t kClients = 256;  // with their connections

const json::object* object_at(const json::object& object, std::string_view name) {
  const auto* found = object.if_contains(name);
  return found && found->is_object() ? &found->as_object() : nullptr;
}

kube::Object repo_object(const kube::ObjectKey& key, json::object spec) {
  return {{"apiVersion", crds::Repo::kResource.api_version()},
          {"kind", crds::Repo::kResource.kind},
          {"metadata", json::object{{"name", key.name}, {"namespace", key.ns}}},
          {"spec", std::move(spec)}};
}

kube::Result<crds::Repo> decoded(kube::Result<kube::Object> object) {
  if (!object) return object.error();
  return kube::from_json<crds::Repo>(json::value(std::move(*object)));
}

}  // namespace

json::object held_by(std::string_view manager, const kube::Object& object) {
  json::object held;
  const auto* metadata = object_at(object, "metadata");
  const auto* spec = object_at(object, "spec");
  const auto* fields = metadata ? metadata->if_contains("managedFields") : nullptr;
  if (!spec || !fields || !fields->is_array()) return held;
  for (const auto& entry : fields->as_array()) {
    if (!entry.is_object()) continue;
    const auto& e = entry.as_object();
    const auto *name = e.if_contains("manager"), *operation = e.if_contains("operation");
    if (!name || *name != json::value(manager) || !operation || *operation != json::value("Apply")) continue;
    const auto* all = object_at(e, "fieldsV1");
    const auto* of_spec = all ? object_at(*all, "f:spec") : nullptr;
    if (!of_spec) continue;
    for (const auto& field : *of_spec) {
      if (!field.key().starts_with("f:")) continue;
      const auto member = field.key().substr(2);
      if (const auto* value = spec->if_contains(member)) held[member] = *value;
    }
  }
  return held;
}

std::shared_ptr<kube::Client> Writer::client_of(const Asker& asker) {
  const std::lock_guard lock(mutex_);
  if (const auto found = clients_.find(asker); found != clients_.end()) return found->second;
  if (clients_.size() >= kClients) clients_.clear();  // those in use live on
  auto config = config_;
  config.impersonate_user = tenant::user_name(asker.user);
  if (asker.collaborates) config.impersonate_groups.emplace_back(kCollaborators);
  return clients_[asker] = std::make_shared<kube::Client>(std::move(config));
}

kube::Result<crds::Repo> Writer::create(const Asker& asker, const crds::Repo& repo) {
  const auto client = client_of(asker);
  const auto there = client->get(crds::Repo::kResource, repo.metadata.namespace_, repo.metadata.name);
  if (there) {
    kube::Error error;
    error.code = 409;
    error.reason = "AlreadyExists";
    error.message = "there is a Repo " + repo.metadata.key().to_string();
    return error;
  }
  if (!there.error().not_found()) return there.error();
  const auto encoded = kube::encode(repo);
  return decoded(client->apply(crds::Repo::kResource, repo_object(repo.metadata.key(), encoded.at("spec").as_object()),
                               {.field_manager = std::string(kSettings)}));
}

kube::Result<crds::Repo> Writer::change(const Asker& asker, const kube::ObjectKey& key, const json::object& changes) {
  return change(asker, key, [&](const crds::RepoSpec&) { return changes; });
}

kube::Result<crds::Repo> Writer::change(const Asker& asker, const kube::ObjectKey& key, const Changes& changes) {
  const auto client = client_of(asker);
  for (int attempt = 1;; ++attempt) {
    auto there = client->get(crds::Repo::kResource, key.ns, key.name);
    if (!there) return there.error();
    const auto before = kube::from_json<crds::Repo>(json::value(*there));
    if (!before) return before.error();
    auto spec = held_by(kSettings, *there);
    for (const auto& change : changes(before->spec)) {
      if (change.value().is_null()) {
        spec.erase(change.key());
      } else {
        spec[change.key()] = change.value();
      }
    }
    auto wanted = repo_object(key, std::move(spec));
    // Of two who change it at once the second starts from what the first one left.
    wanted["metadata"].as_object()["resourceVersion"] = there->at("metadata").at("resourceVersion");
    auto applied = client->apply(crds::Repo::kResource, wanted, {.field_manager = std::string(kSettings)});
    const bool raced = !applied && applied.error().conflict() && applied.error().causes.empty();
    if (!raced || attempt == kAttempts) return decoded(std::move(applied));
  }
}

kube::Result<void> Writer::remove(const Asker& asker, const kube::ObjectKey& key, const std::string& uid) {
  return client_of(asker)->remove(crds::Repo::kResource, key.ns, key.name, {.uid = uid});
}

}  // namespace causeway::api::repository
