#pragma once
// What rules may ask about other objects. Two implementations: informers (webhooks/informer_view), and plain values in
// tests. Answers may be a moment old.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crds/cluster/cluster.hpp"
#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"
#include "crds/repo/repo.hpp"

namespace causeway::webhooks {

template <class T>
using Pointers = std::vector<std::shared_ptr<const T>>;

// Where shared clusters and the catalogue are.
inline constexpr std::string_view kSystemNamespace = "causeway-system";

class Observed {
 public:
  virtual ~Observed() = default;

  virtual std::shared_ptr<const crds::Repo> repo(const kube::ObjectKey& key) const = 0;
  virtual Pointers<crds::Repo> repos_at(std::string_view path) const = 0;  // spec.path, without regard to case
  virtual Pointers<crds::ImageTemplate> templates(std::string_view ns) const = 0;
  virtual Pointers<crds::Cluster> clusters() const = 0;
  virtual Pointers<crds::Demo> demos(std::string_view ns) const = 0;
  virtual Pointers<crds::Demo> demos_placed_in(const kube::ObjectKey& cluster) const = 0;
  virtual Pointers<crds::Demo> demos_of_repo(const kube::ObjectKey& repo) const = 0;
  virtual Pointers<crds::Demo> demos_of_family(std::string_view family) const = 0;
  virtual Pointers<crds::Demo> pinned_demos() const = 0;
  virtual Pointers<kube::Object> quotas(std::string_view ns) const = 0;  // ResourceQuotas
  // The namespace's label causeway.dev/owner; "" without one.
  virtual std::string owner_label(std::string_view ns) const = 0;
};

// The account of a namespace: its label, or its name without "u-" or "o-". The same rule as the operator's.
std::string account_of(const Observed& observed, std::string_view ns);

// Namespaces a reference without one is looked for in, in this order.
std::vector<std::string> search_order(std::string_view ns);

}  // namespace causeway::webhooks
