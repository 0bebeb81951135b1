#include "webhooks/rules/quota.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "crds/demo/defaults.hpp"
#include "kube/core/quantity.hpp"

namespace causeway::webhooks {

namespace {

using kube::Quantity;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_mul_overflow(a, b, &out) ? kMost : out;
}

std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_add_overflow(a, b, &out) ? kMost : out;
}

std::int64_t milli(std::string_view text) {
  const auto quantity = Quantity::parse(text);
  return quantity ? quantity->milli() : 0;  // a wrong one is reported by its field
}

std::string_view first_of(std::string_view a, std::string_view b, std::string_view c) {
  if (!a.empty()) return a;
  return b.empty() ? c : b;
}

struct Resource {
  std::string_view field;                      // of the Demo
  std::array<std::string_view, 2> quota_keys;  // of spec.hard
  // Thousandths of the unit, for one copy.
  std::int64_t (*of_copy)(const crds::Resources& demo, const crds::Resources& image_template);
};

constexpr std::array<Resource, 3> kResources{{
    {"spec.resources.cpu",
     {"requests.cpu", "cpu"},
     [](const crds::Resources& d, const crds::Resources& t) {
       return milli(first_of(d.cpu, t.cpu, crds::kDefaultCpu));
     }},
    {"spec.resources.memory",
     {"requests.memory", "memory"},
     [](const crds::Resources& d, const crds::Resources& t) {
       return milli(first_of(d.memory, t.memory, crds::kDefaultMemory));
     }},
    {"spec.resources.gpu",
     {"requests.nvidia.com/gpu", "requests.nvidia.com/gpu"},
     [](const crds::Resources& d, const crds::Resources& t) {
       const auto& gpu = d.gpu ? d.gpu : t.gpu;
       return gpu ? times(gpu->count, 1000) : std::int64_t{0};
     }},
}};

std::int64_t copies(const crds::Demo& demo) {
  if (demo.spec.paused) return 0;
  return times(std::max<std::int64_t>(1, demo.spec.scaling.max),
               std::max<std::int64_t>(1, demo.spec.placement.cluster_count));
}

std::int64_t usage(const Resource& resource, const crds::Demo& demo, const TemplateOf& template_of) {
  const auto image_template = template_of(demo);
  const crds::Resources none;
  return times(copies(demo),
               resource.of_copy(demo.spec.resources, image_template ? image_template->spec.resources : none));
}

std::string text(std::int64_t amount) {
  return Quantity::from_milli(amount).to_string();
}

}  // namespace

void check_quota(const crds::Demo* before, const crds::Demo& now, const Pointers<crds::Demo>& in_namespace,
                 const Pointers<kube::Object>& quotas, const TemplateOf& template_of, Verdict& verdict) {
  for (const Resource& resource : kResources) {
    bool counted = false;  // most namespaces have no limit, and adding up is for those that have
    std::int64_t wanted = 0, others = 0;
    for (const auto& quota : quotas) {
      const kube::Object* hard = kube::object_at(*quota, "spec.hard");
      if (hard == nullptr) continue;
      const auto limit =
          std::ranges::find_if(resource.quota_keys, [&](std::string_view key) { return hard->contains(key); });
      if (limit == resource.quota_keys.end() || !hard->at(*limit).is_string()) continue;
      const std::int64_t most = milli(std::string_view(hard->at(*limit).get_string()));
      if (!std::exchange(counted, true)) {
        wanted = usage(resource, now, template_of);
        for (const auto& demo : in_namespace) {
          if (demo->metadata.name == now.metadata.name || demo->metadata.deleting()) continue;
          others = plus(others, usage(resource, *demo, template_of));
        }
      }
      if (plus(wanted, others) <= most) continue;
      if (before != nullptr && wanted <= usage(resource, *before, template_of)) continue;
      verdict.forbidden.push_back(
          std::string(resource.field) + ": with all its copies (scaling.max × placement.clusterCount = " +
          std::to_string(copies(now)) + ") the Demo asks for " + text(wanted) + ", the others of the namespace for " +
          text(others) + ", and ResourceQuota " + std::string(kube::name_of(*quota)) + " allows " + text(most) +
          " together; accepted: " + text(std::max<std::int64_t>(0, most - others)) + " or less");
    }
  }
}

}  // namespace causeway::webhooks
