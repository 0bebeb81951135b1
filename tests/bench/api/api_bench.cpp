// The parts of `./causeway bench api` that are not the server: a database filled, requests at a rate, what argon2id
// alone costs. Each prints one line of JSON.

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ctime>
#include <iostream>

#include "apiserver/account/password.hpp"
#include "apiserver/database/pool.hpp"
#include "base/http_client.hpp"
#include "base/log.hpp"
#include "tests/bench/paced.hpp"

namespace causeway::bench {
namespace {

namespace account = api::account;
namespace database = api::database;
using boost::json::object;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

void print(const object& result) {
  std::cout << boost::json::serialize(result) << "\n";
}

struct Load {
  std::string url, cookie, method = "GET";
  std::vector<std::string> targets, bodies, headers;
  int rate = 100, seconds = 10, threads = 16;
};

// Every request has to be answered with 200 or 204, or it counts as failed.
void load(const Load& options) {
  base::HttpClientOptions to;
  to.base_url = options.url;
  to.max_idle_connections = static_cast<std::size_t>(options.threads);
  base::HttpClient http(to);
  Paced calls;
  std::atomic<int> failed = 0;
  const auto call = [&](int n) {
    base::HttpRequest request{.method = options.method,
                              .target = options.targets[static_cast<std::size_t>(n) % options.targets.size()],
                              .headers = {},
                              .body = {}};
    if (!options.cookie.empty()) request.headers.set("Cookie", options.cookie);
    for (const auto& header : options.headers)
      request.headers.set(header.substr(0, header.find(':')), header.substr(header.find(": ") + 2));
    if (!options.bodies.empty()) {
      request.headers.set("Content-Type", "application/json");
      request.body = options.bodies[static_cast<std::size_t>(n) % options.bodies.size()];
    }
    const auto answer = http.call(request);
    if (!answer || (answer->status != 200 && answer->status != 204)) ++failed;
  };
  if (options.rate > 0) {
    calls.run(options.rate, options.seconds, options.threads, call);
  } else {
    calls.run_flat_out(options.seconds, options.threads, call);
  }
  print({{"requests", calls.count()},
         {"failed", failed.load()},
         {"p50", calls.percentile(0.5)},
         {"p99", calls.percentile(0.99)}});
}

// Passwords alone: CPU seconds of each.
void hash(int count) {
  base::MetricsRegistry metrics;
  account::PasswordHasher passwords({}, metrics);
  const auto begin = std::clock();
  for (int i = 0; i < count; ++i) {
    if (const auto made = passwords.hash("correct horse battery staple"); !made) fail(made.error().message);
  }
  print({{"cpu", static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / count}});
}

struct Fill {
  std::string url;
  int owners = 1000, repositories = 1000;
};

// `repositories` of them altogether: of as many owners as there are, some private, with tags as people give them, and
// users whose password is the first administrator's.
void fill(const Fill& options) {
  base::MetricsRegistry metrics;
  database::ConnectionSettings settings;
  settings.url = options.url;
  settings.statement_timeout = settings.idle_in_transaction_timeout = 10min;
  database::PoolOptions limits;
  limits.transaction_limit = 10min;
  database::Pool pool(settings, limits, metrics, base::system_clock());
  const auto filled = pool.write([&](database::Transaction& tx) {
    tx.execute(
        "WITH made AS (INSERT INTO accounts (kind, name, namespace) SELECT 'user', 'bench-' || i, 'u-bench-' || i"
        " FROM generate_series(1, $1) i WHERE NOT EXISTS (SELECT FROM accounts WHERE name = 'bench-' || i)"
        " RETURNING id)"
        " INSERT INTO users (id, register_type, initialised_at) SELECT id, 'administrator', clock_timestamp() FROM "
        "made",
        options.owners);
    tx.execute(
        "INSERT INTO credentials (user_id, password_hash) SELECT a.id, c.password_hash FROM accounts a, credentials c"
        " WHERE a.name LIKE 'bench-%' AND c.user_id = (SELECT min(user_id) FROM credentials)"
        " AND NOT EXISTS (SELECT FROM credentials x WHERE x.user_id = a.id)");
    tx.execute(
        "INSERT INTO repositories (owner_id, type, name, resource_namespace, resource_name, visibility, display_name,"
        " description, license, tags, sdk, head_commit, active_at, star_count, download_count, trending_score)"
        " SELECT a.id, (ARRAY['model', 'dataset', 'space'])[1 + i % 3], 'repository-' || i, a.namespace, 'r-' || i,"
        " CASE WHEN i % 10 = 0 THEN 'private' ELSE 'public' END, 'Digits ' || i, 'Tells handwritten digits apart',"
        " 'apache-2.0', ARRAY[(ARRAY['vision', 'text', 'audio', 'tables', 'video'])[1 + i % 5], 'size-' || i % 100],"
        " CASE WHEN i % 3 = 2 THEN 'gradio' ELSE '' END, encode(sha256(i::text::bytea), 'hex'),"
        " clock_timestamp() - i * interval '1 minute', i % 997, i % 9973, (i % 101) / 10.0"
        " FROM generate_series((SELECT count(*) + 1 FROM repositories), $2) i"
        " JOIN accounts a ON a.name = 'bench-' || (1 + i % $1)",
        options.owners, options.repositories);
    tx.execute("ANALYZE");
  });
  if (!filled) fail(filled.error().message);
  print({{"repositories", options.repositories}});
}

int run(int argc, char** argv) {
  base::log::set_level(base::log::Level::kError);
  CLI::App app{"parts of the API server's benchmark"};
  app.require_subcommand(1);
  Load requests;
  auto* of_load = app.add_subcommand("load", "requests at a rate");
  of_load->add_option("--url", requests.url)->required();
  of_load->add_option("--target", requests.targets, "taken in turns")->required();
  of_load->add_option("--cookie", requests.cookie);
  of_load->add_option("--header", requests.headers, "NAME: VALUE");
  of_load->add_option("--method", requests.method);
  of_load->add_option("--body", requests.bodies, "JSON; taken in turns");
  of_load->add_option("--rate", requests.rate, "a second; 0: as many as go");
  of_load->add_option("--seconds", requests.seconds);
  of_load->add_option("--threads", requests.threads, "requests at a time, at most");
  int hashes = 20;
  auto* of_hash = app.add_subcommand("hash", "what a password costs");
  of_hash->add_option("--count", hashes);
  Fill rows;
  auto* of_fill = app.add_subcommand("fill", "repositories in the database");
  of_fill->add_option("--database", rows.url)->required();
  of_fill->add_option("--repositories", rows.repositories, "altogether");
  CLI11_PARSE(app, argc, argv);
  if (*of_load) load(requests);
  if (*of_hash) hash(hashes);
  if (*of_fill) fill(rows);
  return 0;
}

}  // namespace
}  // namespace causeway::bench

int main(int argc, char** argv) {
  try {
    return causeway::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "api_bench: " << error.what() << "\n";
    return 1;
  }
}
