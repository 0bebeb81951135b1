#pragma once
// `causeway-onebox create|list|delete|kubeconfig|status|fault`: the REST API for people.

#include <string>

#include "base/http.hpp"
#include "base/result.hpp"
#include "kube/core/object.hpp"

namespace causeway::onebox {

class ServiceClient {
 public:
  // `data`: the folder of the service.
  explicit ServiceClient(std::string data) : data_(std::move(data)) {}

  struct CreateOptions {
    std::string id, name, region = "local-1";
    bool node = true;
  };
  // Each returns what to print.
  base::Result<std::string> create(const CreateOptions& options) const;
  base::Result<std::string> list() const;
  base::Result<std::string> remove(const std::string& id) const;
  base::Result<std::string> kubeconfig(const std::string& id, bool for_pods) const;
  base::Result<std::string> status() const;
  base::Result<std::string> fault(const std::string& id, const std::string& action, const std::string& component) const;

 private:
  base::Result<base::HttpResponse> call(const std::string& method, const std::string& path,
                                        kube::json::value body = nullptr) const;
  base::Result<kube::json::value> json(const std::string& method, const std::string& path,
                                       kube::json::value body = nullptr) const;

  std::string data_;
};

}  // namespace causeway::onebox
