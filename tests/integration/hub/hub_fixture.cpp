#include "tests/integration/hub/hub_fixture.hpp"

#include <cstdlib>

#include "base/process.hpp"

namespace causeway::api {

void HubTest::SetUp() {
  const char* path = std::getenv("CAUSEWAY_TEST_KUBECONFIG");
  if (!path || !*path)
    GTEST_SKIP() << "CAUSEWAY_TEST_KUBECONFIG is not set: run this through tests/integration/apiserver.sh";
  static const bool installed = [&] {
    kubectl({"apply", "--server-side", "-k", (root / "crds").string()});
    kubectl({"wait", "--for=condition=Established", "crd", "-l", "app.kubernetes.io/part-of=causeway"});
    kubectl({"apply", "--server-side", "-f", people_roles().string(), "-f",
             (root / "manifests/base/namespaces.yaml").string()});
    return !HasFatalFailure();
  }();
  ASSERT_TRUE(installed);
  kubernetes = kube::load_kubeconfig(path).value();
  hub_url = kubernetes->server;
  hub = std::make_unique<kube::Client>(*kubernetes);
  WebTest::SetUp();
}

void HubTest::TearDown() {
  server.reset();
  for (const auto& ns : mine) {
    const auto repos = hub->list(crds::Repo::kResource, ns);
    if (repos)
      for (const auto& repo : repos->items)
        (void)hub->remove(crds::Repo::kResource, ns, std::string(repo.at("metadata").at("name").as_string()));
    (void)hub->remove(kNamespace, "", ns);
  }
  WebTest::TearDown();
}

void HubTest::kubectl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"kubectl", "--kubeconfig", std::getenv("CAUSEWAY_TEST_KUBECONFIG")});
  const auto ran = base::run_checked({.argv = std::move(arguments)});
  ASSERT_TRUE(ran) << ran.error().message;
}

// What people may, as it is installed.
std::filesystem::path HubTest::people_roles() const {
  const auto manifest = base::read_file(root / "manifests/base/apiserver.yaml").value() + "\n---\n" +
                        base::read_file(root / "manifests/base/collaborators.yaml").value();
  std::string roles;
  for (const char* name :
       {"ClusterRole\nmetadata:\n  name: causeway-tenant\n", "ClusterRole\nmetadata:\n  name: causeway-collaborators\n",
        "ClusterRoleBinding\nmetadata:\n  name: causeway-collaborators\n"}) {
    const auto at = manifest.find("kind: " + std::string(name));
    EXPECT_NE(at, std::string::npos) << name;
    const auto begin = manifest.rfind("---\n", at), end = manifest.find("\n---\n", at);
    roles += manifest.substr(begin, end - begin) + "\n";
  }
  const auto file = folder.path() / "roles.yaml";
  EXPECT_TRUE(base::write_file_atomic(file, roles));
  return file;
}

}  // namespace causeway::api
