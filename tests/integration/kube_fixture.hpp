#pragma once
// A namespace of its own on the API server of CAUSEWAY_TEST_KUBECONFIG for each test (tests/integration/apiserver.sh).

#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <memory>

#include "base/encoding.hpp"
#include "kube/client/client.hpp"

namespace causeway::kube {

inline Object config_map(std::string_view ns, std::string_view name, std::string_view value = "1") {
  auto object = make_object(resources::kConfigMap, ns, name);
  object["data"] = {{"value", value}};
  return object;
}

// Polls until `done`; false after `limit`, which only a defect lets pass.
inline bool eventually(const std::function<bool()>& done, base::Duration limit = std::chrono::seconds(30)) {
  const auto& clock = base::system_clock();
  const auto deadline = clock.steady() + limit;
  while (!done()) {
    if (clock.steady() >= deadline) return false;
    clock.sleep_for(std::chrono::milliseconds(5), {});
  }
  return true;
}

class KubeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* path = std::getenv("CAUSEWAY_TEST_KUBECONFIG");
    if (!path || !*path)
      GTEST_SKIP() << "CAUSEWAY_TEST_KUBECONFIG is not set: run this through tests/integration/apiserver.sh";
    auto loaded = load_kubeconfig(path);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    config = *loaded;
    config.user_agent = "causeway-test";
    client = std::make_unique<Client>(config);
    ns = "t-" + base::random_hex(10);
    auto made = client->create(resources::kNamespace, make_object(resources::kNamespace, "", ns));
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  void TearDown() override {
    if (client) (void)client->remove(resources::kNamespace, "", ns);
  }

  ClientConfig config;
  std::unique_ptr<Client> client;
  std::string ns;
};

}  // namespace causeway::kube
