#include "apiserver/tenant/hub_access.hpp"

#include "apiserver/tenant/kube_error.hpp"
#include "apiserver/tenant/manifests.hpp"

namespace causeway::api::tenant {
namespace {

constexpr kube::ResourceType kServiceAccount{"", "v1", "ServiceAccount", "serviceaccounts"};

}  // namespace

base::Result<kube::Client::Token> HubAccess::issue(std::int64_t user) {
  const auto name = service_account_name(user);
  auto token = client_.create_token(kPeopleNamespace, name, kLife);
  if (!token && token.error().not_found()) {
    const auto made = client_.create(kServiceAccount, service_account_of(user));
    if (!made && !made.error().already_exists()) return error_of(made.error());
    token = client_.create_token(kPeopleNamespace, name, kLife);
  }
  if (!token) return error_of(token.error());
  return std::move(*token);
}

base::Result<void> HubAccess::end(std::int64_t user) {
  auto removed = client_.remove(kServiceAccount, kPeopleNamespace, service_account_name(user));
  if (!removed) return error_of(removed.error());
  return {};
}

}  // namespace causeway::api::tenant
