#include "operator/terraform/workspace.hpp"

#include <gtest/gtest.h>

#include "operator/terraform/run_store.hpp"

namespace causeway::op::terraform {
namespace {

namespace fs = std::filesystem;

class Workspaces : public ::testing::Test {
 protected:
  void SetUp() override {
    write("mars/cluster/main.tf", "# main");
    write("mars/network/main.tf", "# network");
    write("mars/cluster/.terraform/big", "not ours");
    write("mars/cluster/tests/a.tftest.hcl", "not ours");
    write("venus/cluster/main.tf", "# main");
    write("notes/README.md", "no module");
  }
  void write(const fs::path& path, std::string_view content) {
    fs::create_directories((modules.path() / path).parent_path());
    ASSERT_TRUE(base::write_file_atomic(modules.path() / path, content).ok());
  }
  base::TemporaryDirectory modules{"modules"};
  Backend backend{.ns = "causeway-run-1", .secret_suffix = "c1", .cluster_uid = "1", .kubeconfig = ""};
};

TEST_F(Workspaces, HoldTheWholeProvider) {
  auto bundle = make_bundle(modules.path(), "mars", {{"name", "x"}});
  ASSERT_TRUE(bundle.ok()) << bundle.error().message;
  auto workspace = Workspace::make(*bundle, backend, "/mirror");
  ASSERT_TRUE(workspace.ok()) << workspace.error().message;
  const auto folder = (*workspace)->folder();
  EXPECT_TRUE(fs::exists(folder / "main.tf"));
  EXPECT_TRUE(fs::exists(folder / "../network/main.tf")) << "building blocks are beside it";
  EXPECT_FALSE(fs::exists(folder / ".terraform"));
  EXPECT_FALSE(fs::exists(folder / "tests"));
  EXPECT_EQ(*base::read_file(folder / "zz-causeway.auto.tfvars.json"), R"({"name":"x"})");
  EXPECT_NE(base::read_file(folder / "causeway_override.tf")->find("in_cluster_config = true"), std::string::npos);
  workspace->reset();
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(Workspaces, TheSameInputsHaveTheSameFingerprint) {
  const auto first = make_bundle(modules.path(), "mars", {{"name", "x"}})->fingerprint();
  fs::last_write_time(modules.path() / "mars/cluster/main.tf",
                      fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(make_bundle(modules.path(), "mars", {{"name", "x"}})->fingerprint(), first) << "a copy is the same module";
  EXPECT_NE(make_bundle(modules.path(), "mars", {{"name", "y"}})->fingerprint(), first);
  write("mars/network/main.tf", "# changed");
  EXPECT_NE(make_bundle(modules.path(), "mars", {{"name", "x"}})->fingerprint(), first);
}

TEST_F(Workspaces, AnUnknownProviderNamesThoseThereAre) {
  for (const char* provider : {"pluto", "../mars", "", "notes"}) {
    auto bundle = make_bundle(modules.path(), provider, {});
    ASSERT_FALSE(bundle.ok()) << provider;
    EXPECT_EQ(bundle.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_NE(bundle.error().message.find("mars, venus"), std::string::npos) << bundle.error().message;
  }
}

TEST_F(Workspaces, TheEnvironmentIsOurs) {
  auto bundle = make_bundle(modules.path(), "mars", {});
  auto workspace = Workspace::make(*bundle, backend, "/mirror");
  ASSERT_TRUE(workspace.ok());
  const auto e = make_environment({{"PATH", "/bin"},
                                   {"TF_LOG", "TRACE"},
                                   {"TF_CLI_ARGS_apply", "-auto-approve"},
                                   {"TF_WORKSPACE", "other"},
                                   {"KUBE_CONFIG_PATH", "/elsewhere"},
                                   {"KUBECONFIG", "/elsewhere"},
                                   {"KUBERNETES_SERVICE_HOST", "10.0.0.1"}},
                                  **workspace,
                                  {{"AWS_ACCESS_KEY_ID", "id"},
                                   {"PATH", "/evil"},
                                   {"LD_PRELOAD", "/evil.so"},
                                   {"TF_CLI_CONFIG_FILE", "/evil"},
                                   {"KUBERNETES_SERVICE_HOST", "evil"},
                                   {"BAD=NAME", "x"}});
  EXPECT_EQ(e.values.at("PATH"), "/bin");
  EXPECT_EQ(e.values.at("AWS_ACCESS_KEY_ID"), "id");
  EXPECT_EQ(e.values.at("KUBERNETES_SERVICE_HOST"), "10.0.0.1");
  EXPECT_EQ(e.values.at("TF_IN_AUTOMATION"), "1");
  EXPECT_EQ(e.values.at("TF_INPUT"), "0");
  EXPECT_EQ(e.values.at("TF_CLI_CONFIG_FILE"), (*workspace)->cli_config());
  for (const char* gone :
       {"TF_LOG", "TF_CLI_ARGS_apply", "TF_WORKSPACE", "KUBE_CONFIG_PATH", "KUBECONFIG", "LD_PRELOAD"}) {
    EXPECT_FALSE(e.values.contains(gone)) << gone;
  }
  EXPECT_EQ(e.refused,
            (std::set<std::string>{"BAD=NAME", "KUBERNETES_SERVICE_HOST", "LD_PRELOAD", "PATH", "TF_CLI_CONFIG_FILE"}));
}

TEST(BackendFile, QuotesWhatItIsGiven) {
  const auto text = backend_file({.ns = "ns", .secret_suffix = "c1", .cluster_uid = "u\"${x}", .kubeconfig = "/a b"});
  EXPECT_NE(text.find("\"u\\\"$${x}\""), std::string::npos) << text;
  EXPECT_NE(text.find("config_path = \"/a b\""), std::string::npos) << text;
  EXPECT_EQ(text.find("in_cluster_config"), std::string::npos);
}

TEST(CliConfigFile, DownloadsNothing) {
  const auto text = cli_config_file("/mirror");
  EXPECT_NE(text.find("filesystem_mirror"), std::string::npos);
  EXPECT_EQ(text.find("direct"), std::string::npos);
}

kube::Object lease(std::string_view who) {
  auto object = kube::make_object(kube::resources::kLease, "ns", "lock");
  object["metadata"].as_object()["annotations"] = {
      {"app.terraform.io/lock-info", kube::json::serialize(kube::json::object{{"ID", "1"}, {"Who", who}})}};
  return object;
}

TEST(LockHolder, IsAPodOfARunOrNobodyOfOurs) {
  EXPECT_EQ(lock_holder_pod(lease("root@terraform-17-x7k2p")), "terraform-17-x7k2p");
  EXPECT_EQ(lock_holder_pod(lease("@terraform-17-x7k2p")), "terraform-17-x7k2p");
  EXPECT_EQ(lock_holder_pod(lease("a@b@terraform-17-x7k2p")), "terraform-17-x7k2p");
  for (std::string_view other : {"ada@laptop", "root@terraform-x-y", "root@terraform-17", "terraform-17-x7k2p", ""}) {
    EXPECT_FALSE(lock_holder_pod(lease(other))) << other;
  }
  EXPECT_FALSE(lock_holder_pod(kube::make_object(kube::resources::kLease, "ns", "lock")));
}

}  // namespace
}  // namespace causeway::op::terraform
