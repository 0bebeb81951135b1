#include "operator/demo/record.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "kube/core/codec.hpp"

namespace causeway::op::demo {

namespace json = boost::json;

std::string record_name(const std::string& demo_name, const Deployment& content) {
  auto identity = content;
  identity.regions.clear();
  std::string prefix = demo_name.substr(0, 50);
  while (!prefix.empty() && (prefix.back() == '-' || prefix.back() == '.')) prefix.pop_back();
  return prefix + "-" + base::sha256_hex(json::serialize(kube::to_json(identity))).substr(0, 10);
}

kube::Object to_object(const DeploymentRecord& record, const crds::Demo& demo) {
  auto object = kube::make_object(kube::resources::kControllerRevision, demo.metadata.namespace_, record.name);
  kube::set_at(object, "metadata.labels",
               json::object{{"app.kubernetes.io/managed-by", "causeway"},
                            {"causeway.dev/demo", demo.metadata.name},
                            {"causeway.dev/demo-namespace", demo.metadata.namespace_}});
  json::array owners;
  owners.push_back(json::object{{"apiVersion", crds::Demo::kResource.api_version()},
                                {"kind", crds::Demo::kResource.kind},
                                {"name", demo.metadata.name},
                                {"uid", demo.metadata.uid},
                                {"controller", true}});
  kube::set_at(object, "metadata.ownerReferences", std::move(owners));
  object["data"] = kube::to_json(record.content);
  object["revision"] = record.revision;
  return object;
}

std::optional<DeploymentRecord> from_object(const kube::Object& object) {
  const auto* data = object.if_contains("data");
  if (!data) return std::nullopt;
  auto content = kube::from_json<Deployment>(*data);
  if (!content) return std::nullopt;
  return DeploymentRecord{std::string(kube::name_of(object)), kube::int_at(object, "revision"), std::move(*content)};
}

const DeploymentRecord* find_record(const std::vector<DeploymentRecord>& records, const std::string& name) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const auto& r) { return r.name == name; });
  return found == records.end() ? nullptr : &*found;
}

std::int64_t next_revision(const std::vector<DeploymentRecord>& records) {
  std::int64_t highest = 0;
  for (const auto& record : records) highest = std::max(highest, record.revision);
  return highest + 1;
}

std::vector<std::string> records_to_prune(std::vector<DeploymentRecord> records,
                                          const std::vector<std::string>& in_use) {
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.revision > b.revision; });
  std::vector<std::string> old;
  for (std::size_t i = kMaxRecords; i < records.size(); ++i) {
    if (std::find(in_use.begin(), in_use.end(), records[i].name) == in_use.end()) old.push_back(records[i].name);
  }
  return old;
}

}  // namespace causeway::op::demo
