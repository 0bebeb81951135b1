#include "tests/integration/database/database_fixture.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "apiserver/database/connection.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"

// libpqxx 6 forgets the result that tells of a lost connection: some hundred bytes each.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpqxx-6.4\n";
}
extern "C" const char* __lsan_default_options() {
  return "print_suppressions=0";
}

namespace causeway::api::database {
namespace {

std::string environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

std::unique_ptr<Connection> connect(ConnectionSettings settings) {
  settings.read_only_by_default = false;
  settings.statement_timeout = std::chrono::minutes(1);
  settings.application_name = "test";
  std::unique_ptr<Connection> connection;
  // The server may just be starting again.
  eventually([&] {
    auto opened = Connection::open(settings);
    if (opened) connection = std::move(*opened);
    return connection != nullptr;
  });
  if (!connection) throw std::runtime_error("no connection to the test's database");
  return connection;
}

pid_t server_process() {
  const auto text = base::read_file(test_path("CAUSEWAY_TEST_DATABASE_PIDFILE"));
  return text ? std::atoi(text->c_str()) : 0;
}

std::vector<pid_t> children(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  std::vector<pid_t> result;
  for (pid_t child = 0; file >> child;) result.push_back(child);
  return result;
}

}  // namespace

bool eventually(const std::function<bool()>& done, base::Duration limit) {
  const auto& clock = base::system_clock();
  const auto deadline = clock.steady() + limit;
  while (!done()) {
    if (clock.steady() >= deadline) return false;
    clock.sleep_for(std::chrono::milliseconds(5), {});
  }
  return true;
}

std::string test_path(const char* variable) {
  auto value = environment(variable);
  if (value.empty()) throw std::runtime_error(std::string(variable) + " is not set");
  return value;
}

void DatabaseTest::SetUp() {
  make_database(false);
}

void MigratedDatabaseTest::SetUp() {
  make_database(true);
}

void DatabaseTest::make_database(bool migrated) {
  std::string url = environment("CAUSEWAY_TEST_DATABASE");
  if (url.empty())
    GTEST_SKIP() << "CAUSEWAY_TEST_DATABASE is not set: run this through tests/integration/postgresql.sh";
  admin_.url = url;
  database_ = "t_" + base::random_hex(12);
  const auto admin = connect(admin_);
  const bool copied = migrated && !admin->script("SELECT FROM pg_database WHERE datname = 'migrated'").empty();
  // Its files are copied, which takes half of what it takes to write each page into the log.
  admin->script("CREATE DATABASE " + database_ + " STRATEGY FILE_COPY" + (copied ? " TEMPLATE migrated" : ""));
  url.replace(url.find("/causeway?") + 1, 8, database_);
  settings.url = url;
  settings.connect_timeout = std::chrono::seconds(5);
  if (!migrated || copied) return;
  const auto done = migrate(settings);
  ASSERT_TRUE(done.ok()) << done.error().message;
  // By its name only when it is whole: a server may be killed at any moment.
  const auto made = "migrating_" + base::random_hex(12);
  admin->script("CREATE DATABASE " + made + " TEMPLATE " + database_);
  admin->script("ALTER DATABASE " + made + " RENAME TO migrated");
}

void DatabaseTest::TearDown() {
  if (!database_.empty()) connect(admin_)->script("DROP DATABASE " + database_ + " WITH (FORCE)");
}

std::unique_ptr<Pool> DatabaseTest::make_pool(PoolOptions options) {
  return std::make_unique<Pool>(settings, options, metrics, base::system_clock());
}

void DatabaseTest::script(const std::string& sql) {
  query(sql);
}

Rows DatabaseTest::query(const std::string& sql) {
  return connect(settings)->script(sql);
}

std::int64_t DatabaseTest::number(const std::string& sql) {
  return query(sql).front().get<std::int64_t>(0);
}

std::vector<pid_t> DatabaseTest::backends(const std::string& application_name) {
  std::vector<pid_t> result;
  for (const Row row :
       query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = '" +
             application_name + "'")) {
    result.push_back(row.get<std::int32_t>(0));
  }
  return result;
}

void DatabaseTest::kill_server(bool wait) {
  const pid_t server = server_process();
  ASSERT_GT(server, 1);
  const auto processes = children(server);
  ASSERT_EQ(::kill(server, SIGKILL), 0);
  for (const pid_t process : processes) ::kill(process, SIGKILL);
  if (wait) {
    ASSERT_TRUE(eventually([&] { return server_process() != server; }));
    connect(settings);
  }
}

DatabaseTest::Held::Held() {
  std::ofstream(test_path("CAUSEWAY_TEST_DATABASE_HOLD"));
}

DatabaseTest::Held::~Held() {
  std::filesystem::remove(test_path("CAUSEWAY_TEST_DATABASE_HOLD"));
}

double metric(const base::MetricsRegistry& registry, const std::string& name) {
  std::istringstream text(registry.render());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
  }
  return -1;
}

}  // namespace causeway::api::database
