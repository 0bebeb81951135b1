#pragma once
// The REST API on the unix socket (README.md has the table of it).

#include <functional>
#include <stop_token>
#include <string_view>

#include "base/http.hpp"
#include "onebox/cluster/clusters.hpp"
#include "onebox/plan/records.hpp"
#include "onebox/service/name_service.hpp"
#include "onebox/service/shared_services.hpp"

namespace causeway::onebox {

// Thread-safe; blocks as long as what is asked for takes.
class Api {
 public:
  Api(const Instance& instance, Clusters& clusters, const SharedServices& shared, const NameService& names)
      : instance_(instance), clusters_(clusters), shared_(shared), names_(names) {}

  base::HttpResponse handle(const base::HttpRequest& request, std::stop_token stop);

 private:
  base::HttpResponse cluster(const base::HttpRequest& request, const std::string& id, std::stop_token stop);
  base::HttpResponse cluster_fault(const base::HttpRequest& request, const std::string& id);
  base::HttpResponse list() const;
  base::HttpResponse status() const;
  base::HttpResponse faults(const base::HttpRequest& request);

  const Instance& instance_;
  Clusters& clusters_;
  const SharedServices& shared_;
  const NameService& names_;
};

}  // namespace causeway::onebox
