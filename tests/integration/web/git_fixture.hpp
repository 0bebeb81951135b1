#pragma once
// Rows of repositories, and the role git with real ones on a disk of its own, beside the role web.

#include <filesystem>

#include "apiserver/repository/repository_store.hpp"
#include "base/encoding.hpp"
#include "base/process.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {

using repository::RepositoryStore;

class RepositoriesTest : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    if (IsSkipped()) return;
    pool = make_pool();
    store = std::make_unique<RepositoryStore>(*pool);
  }
  static crds::Repo repo(const std::string& owner, const std::string& name, bool is_public) {
    crds::Repo r;
    r.metadata.name = name;
    r.metadata.namespace_ = "u-" + owner;
    r.metadata.uid = "00000000-0000-4000-8000-" + base::random_hex(12);
    r.metadata.generation = 1;
    r.spec.owner = owner;
    r.spec.path = owner + "/" + name;
    r.spec.visibility = is_public ? crds::RepoVisibility::Public : crds::RepoVisibility::Private;
    return r;
  }
  static std::vector<std::string> paths(const base::HttpResponse& answer) {
    std::vector<std::string> all;
    const auto object = object_of(answer);
    if (const auto* items = object.if_contains("items")) {
      for (const auto& item : items->as_array()) all.emplace_back(item.at("path").as_string());
    }
    return all;
  }
  void change(crds::Repo& r) {
    ++r.metadata.generation;
    ASSERT_EQ(store->follow(r).value(), true);
  }

  std::unique_ptr<database::Pool> pool;
  std::unique_ptr<RepositoryStore> store;
};

// The role git on the same database.
class GitTest : public RepositoriesTest {
 protected:
  void SetUp() override {
    RepositoriesTest::SetUp();
    if (IsSkipped()) return;
    ServerOptions options;
    options.role = ServerRole::kGit;
    options.listen = "127.0.0.1:0";
    options.git.data = data;
    options.people.database = settings;
    options.people.passwords = people.passwords;
    options.people.pool = people.pool;
    options.rates = rates;
    configure(options);
    git = Server::start(options, clock).value();
  }
  // What a derived fixture has otherwise.
  virtual void configure(ServerOptions&) {}
  ~GitTest() override { std::filesystem::remove_all(data); }

  void make(const std::string& name, bool is_public) {
    const auto directory = data / "ada" / (name + ".git");
    std::filesystem::create_directories(directory.parent_path());
    run({"git", "init", "-q", "--bare", "-b", "main", directory.string()});
    run({"git", "-C", directory.string(), "config", "causeway.visibility", is_public ? "public" : "private"});
    ASSERT_EQ(store->follow(repo("ada", name, is_public)).value(), true);
  }
  static void run(std::vector<std::string> argv) {
    const auto ran = base::run({.argv = std::move(argv)}, {});
    ASSERT_TRUE(ran && ran->status.success()) << (ran ? ran->err : ran.error().message);
  }
  const std::filesystem::path data =
      std::filesystem::path(testing::TempDir()) / ("git-rights-" + std::to_string(::getpid()));
  std::unique_ptr<Server> git;
};

}  // namespace causeway::api
