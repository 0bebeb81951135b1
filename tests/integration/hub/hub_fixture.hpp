#pragma once
// The role web on a real API server, with what people may do as it is installed.

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "kube/client/client.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {

class HubTest : public WebTest {
 protected:
  static constexpr kube::ResourceType kNamespace{"", "v1", "Namespace", "namespaces", false};
  static constexpr kube::ResourceType kRoleBinding{"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"};

  void SetUp() override;
  // Also removes the namespaces that are in `mine`, and the Repos there.
  void TearDown() override;

  // As an administrator of the hub; has to succeed.
  static void kubectl(std::vector<std::string> arguments);

  const std::filesystem::path root = CAUSEWAY_SOURCE_DIR;
  const base::TemporaryDirectory folder;
  const std::string suffix = base::random_hex(6);
  std::vector<std::string> mine;
  std::unique_ptr<kube::Client> hub;

 private:
  std::filesystem::path people_roles() const;
};

}  // namespace causeway::api
