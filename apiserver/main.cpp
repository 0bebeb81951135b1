#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "apiserver/routes.hpp"
#include "apiserver/server.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "base/shutdown.hpp"

namespace causeway::api {
namespace {

int fail(const std::string& why) {
  std::fprintf(stderr, "causeway-apiserver: %s\n", why.c_str());
  return 1;
}

int print_openapi() {
  base::MetricsRegistry metrics;
  auto people = People::make({}, metrics, base::system_clock());
  if (!people) return fail(people.error().message);
  std::vector<rest::Route> routes = web_routes({[] { return base::Result<void>(); }, metrics}, **people, nullptr);
  const std::string text = rest::pretty(rest::openapi_document(routes, api_info()));
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : fail("the document cannot be written");
}

base::Result<lfs::S3Options> s3_options(const std::string& url, const std::string& region, const std::string& folder) {
  lfs::S3Options options{.url = url, .region = region};
  for (const auto& [name, into] : {std::pair{"access-key-id", &options.credentials.access_key},
                                   std::pair{"secret-access-key", &options.credentials.secret_key}}) {
    auto text = base::read_file(std::filesystem::path(folder) / name);
    if (!text) return text.error().wrap("--lfs-s3-credentials");
    while (text->ends_with('\n')) text->pop_back();
    *into = std::move(*text);
  }
  return options;
}

void add_limits(CLI::App& app, Limits& limits) {
  auto* group = app.add_option_group("limits", "what an account may have, an administrator's too; of the role web");
  const auto add = [&](const char* name, std::int64_t& limit, const char* what, std::int64_t most = 1'000'000) {
    group->add_option(name, limit, what)->check(CLI::Range(std::int64_t{1}, most))->capture_default_str();
  };
  add("--repositories-per-owner", limits.repositories, "made here; those of kubectl are a ResourceQuota's");
  add("--collaborators-per-repository", limits.collaborators, "besides its owner", kMostCollaborators);
  add("--organisations-per-owner", limits.organisations, "that a user owns, alone or with others");
  add("--members-per-organisation", limits.members, "its owners among them");
  add("--invitations-per-organisation", limits.invitations, "that nobody has answered yet");
  add("--tokens-per-user", limits.tokens, "access tokens that can be used");
  add("--webhooks-per-user", limits.webhooks, "that notifications are sent to");
  add("--sessions-per-user", limits.sessions, "one more ends the one that was not used for the longest time");
}

int run(int argc, char** argv) {
  base::ShutdownSignal shutdown;
  CLI::App app{"causeway-apiserver: git hosting, and the API of people and their programs"};
  std::string role, data, credentials, secret_file;
  ServerOptions options;
  std::uint64_t max_push_mib = options.git.limits.max_push_bytes >> 20;
  std::uint64_t max_file_mib = options.git.max_file >> 20, git_memory_mib = 0, scan_mib = options.scan.most >> 20;
  std::int64_t slow_client_seconds = std::chrono::duration_cast<std::chrono::seconds>(options.slow_patience).count();
  std::uint64_t drain_seconds = 0, repository_mib = 0;
  std::int64_t session_idle = 0, session_absolute = 0;  // seconds
  std::int64_t initial_password_hours = options.people.initial_password_life.count();
  bool kubernetes = false;
  std::string kubeconfig, password_file, delivery_webhook, delivery_secret_file, first_administrator;
  std::int64_t lfs_object_mib = options.lfs.quota.object >> 20, lfs_repository_mib = 0, lfs_owner_mib = 0;
  std::string s3_url, s3_region = "us-east-1", s3_credentials;
  mail::SmtpOptions smtp;
  std::string session_cache, session_cache_password;
  std::string smtp_password_file, smtp_ca_file;
  std::string tls_cert, tls_key;
  std::vector<std::string> webhook_hosts{"*"};
  bool openapi = false;
  app.add_flag("--print-openapi", openapi, "write the OpenAPI document of the role web, and end");
  app.add_option("--roles", role, "what to serve: git or web")->check(CLI::IsMember({"git", "web"}));
  app.add_option("--listen", options.listen, "host:port")->capture_default_str();
  auto* certificate =
      app.add_option("--tls-cert-file", tls_cert,
                     "certificate in PEM, with what is between it and its authority: https, and nothing "
                     "else; looked at again every 10 s");
  auto* key = app.add_option("--tls-private-key-file", tls_key, "its key")->needs(certificate);
  certificate->needs(key);
  app.add_option("--workers", options.workers, "requests at a time; of the role git, git processes")
      ->capture_default_str();
  app.add_option("--min-bytes-per-second", options.min_bytes_per_second,
                 "what a client has to send or read a second on average while it is waited for; 0: anything")
      ->capture_default_str();
  app.add_option("--slow-client-seconds", slow_client_seconds,
                 "how far it may fall behind that, and how long it may pause")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_option("--drain-seconds", drain_seconds, "how long /readyz says so before the server stops")
      ->capture_default_str();
  app.add_option("--trusted-proxy", options.trusted_proxies,
                 "addresses or ranges of proxies whose X-Forwarded-For is believed")
      ->delimiter(',');
  auto* git = app.add_option_group("git", "the role git");
  git->add_option("--data", data, "folder of the repositories, <data>/<owner>/<name>.git");
  git->add_option("--credentials-file", credentials,
                  "lines user:sha256hex(password) of who may do everything; a file that is not there names nobody");
  git->add_option(
      "--token-reviews", options.git.tokens.reviews,
      "unix:///path where the repo controller says whose a ServiceAccount's token is; without it none counts");
  git->add_option(
         "--build-account", options.git.tokens.build_accounts,
         "accounts whose tokens read the repository that they are bound to (audience git.causeway.dev/OWNER/NAME)")
      ->delimiter(',')
      ->capture_default_str();
  git->add_option("--reader-account", options.git.tokens.reader_accounts,
                  "accounts whose tokens read every repository (audience git.causeway.dev)")
      ->delimiter(',')
      ->capture_default_str();
  git->add_option("--max-push-mib", max_push_mib, "largest pack of one push")->capture_default_str();
  git->add_option("--max-file-mib", max_file_mib,
                  "largest file that a push may bring, unpacked; larger ones are for Git LFS; 0: no limit")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 30))
      ->capture_default_str();
  git->add_option("--git-memory-mib", git_memory_mib,
                  "what one git process may take; default: twice --max-file-mib and 256 more, or 768 where that is 0")
      ->check(CLI::Range(std::uint64_t{32}, std::uint64_t{1} << 30));
  git->add_option("--git-cpu-seconds", options.git.limits.child.cpu_seconds, "time that one git process may work")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 30))
      ->capture_default_str();
  git->add_option("--repository-quota-mib", repository_mib, "all of a repository, without large files; 0: no limit")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 40))
      ->capture_default_str();
  git->add_option(
      "--clamd", options.scan.socket,
      "unix socket of clamd(8), which looks through what people push, upload and write for malware: such is "
      "refused, as is everything while it does not answer. Without it nothing is looked through");
  git->add_option("--clamd-most-mib", scan_mib,
                  "of a file that clamd is sent, the beginning; its StreamMaxLength has to be as large")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{4096}))
      ->capture_default_str();
  auto* lfs = app.add_option_group("lfs", "large files (Git LFS), of the role git with a database");
  const auto mib = CLI::Range(std::int64_t{0}, std::int64_t{1} << 40);
  lfs->add_option("--lfs-max-object-mib", lfs_object_mib, "largest file; 0: no limit")
      ->check(mib)
      ->capture_default_str();
  lfs->add_option("--lfs-repository-quota-mib", lfs_repository_mib, "all of a repository's; 0: no limit")
      ->check(mib)
      ->capture_default_str();
  lfs->add_option("--lfs-owner-quota-mib", lfs_owner_mib, "all of an owner's; 0: no limit")
      ->check(mib)
      ->capture_default_str();
  lfs->add_option("--lfs-s3-url", s3_url,
                  "https://host/bucket[/prefix] as clients reach it; without it: beneath --data");
  lfs->add_option("--lfs-s3-region", s3_region, "of the signatures")->capture_default_str();
  lfs->add_option("--lfs-s3-credentials", s3_credentials, "folder with access-key-id and secret-access-key");
  auto* shared =
      app.add_option_group("database", "where people are; of the role web, and of the role git for their rights");
  shared->add_option("--database", options.people.database.url,
                     "postgresql://causeway@db/causeway?sslmode=verify-full");
  shared->add_option("--database-password-file", password_file, "read for each new connection");
  // Of both roles: what is in repositories is read with the same sessions.
  shared
      ->add_option(
          "--require-second-factor", options.people.require_second_factor,
          "who has to have a second factor: nobody, administrators or everybody; without one they can set one up, "
          "and do nothing else")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, session::Require>{{"nobody", session::Require::kNobody},
                                                  {"administrators", session::Require::kAdministrators},
                                                  {"everybody", session::Require::kEverybody}}))
      ->envname("REQUIRE_SECOND_FACTOR")
      ->default_str("nobody");
  shared->add_option("--database-connections", options.people.pool.connections, "at most")->capture_default_str();
  auto* web = app.add_option_group("web", "the role web");
  web->add_option("--public-url", options.public_url, "where people reach it: https://causeway.example");
  web->add_option("--secret-file", secret_file, "at least 32 random bytes, the same for every replica");
  web->add_option("--requests-per-minute", options.rates.requests, "of one caller")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  web->add_option("--sign-ins-per-minute", options.rates.sign_ins, "of one caller: codes asked for, proofs given")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  web->add_option("--posts-per-minute", options.rates.posts, "of one caller: issues, discussions, comments")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  git->add_option("--git-requests-per-minute", options.rates.git, "of one address; a clone takes two or three")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  web->add_flag("--kubernetes", kubernetes, "follow the Repos of the cluster");
  web->add_option("--kubeconfig", kubeconfig, "kubeconfig; otherwise $KUBECONFIG, then the pod's service account");
  web->add_option("--hub-url", options.hub_url,
                  "https://HOST:PORT where people reach the cluster's API server; without it they get no kubeconfig")
      ->envname("HUB_URL");
  web->add_option("--controllers-listen", options.controllers_listen, "host:port of the metrics of what follows them");
  const CLI::AsNumberWithUnit duration(
      std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}});
  web->add_option("--session-idle", session_idle, "a session that is not used ends, 20m for example; default: 14d")
      ->transform(duration);
  web->add_option("--session-absolute", session_absolute, "a session ends in any case; default: 90d")
      ->transform(duration);
  web->add_option("--session-cache", session_cache,
                  "redis://[USER@]HOST[:PORT][/DATABASE] or unix:///path that the replicas share; without it each has "
                  "its own");
  web->add_option("--session-cache-password-file", session_cache_password, "read for each new connection");
  web->add_option("--oauth-providers", options.people.oauth_providers,
                  "YAML file of providers that people can sign in with, or a folder that may have it: providers.yaml");
  web->add_option("--identity-keys", options.people.identity_keys,
                  "P-256 keys in PEM that sign what gateways are told, or a folder of them; the first one signs")
      ->delimiter(',');
  web->add_option(
         "--second-factor-keys", options.people.second_factor_keys,
         "files with 32 random bytes or more that secrets of second factors are encrypted with, or a folder of them; "
         "the first one encrypts. Without one nobody can set up a second factor")
      ->delimiter(',');
  web->add_option(
      "--breached-passwords", options.people.breached_passwords,
      "file of SHA-1 hashes of passwords that became known, HASH or HASH:COUNT a line, in ascending order: such "
      "as haveibeenpwned.com offers; they are refused");
  web->add_option("--phone-country", options.people.default_country, "of telephone numbers without one: 86");
  web->add_option("--code-webhook", delivery_webhook,
                  "URL that sends codes to people; without it they go into the log");
  web->add_option("--code-webhook-secret-file", delivery_secret_file, "bearer token of that");
  web->add_option("--smtp-url", smtp.url,
                  "smtp://HOST:587 (STARTTLS) or smtps://HOST:465: sends codes to addresses, and notifications");
  web->add_option("--smtp-from", smtp.from, "who sends: \"Causeway <noreply@causeway.example>\"");
  web->add_option("--smtp-user", smtp.user, "of the mail server, where it wants one");
  web->add_option("--smtp-password-file", smtp_password_file, "read for each message");
  web->add_option("--smtp-ca-file", smtp_ca_file,
                  "of the mail server's certificate, where not every machine trusts it");
  web->add_flag("--smtp-plain", smtp.plain, "smtp:// without TLS: a server on this machine, or in this cluster");
  web->add_flag("--allow-private-webhooks", options.people.community.webhooks.allow_private,
                "people's webhooks may be inside, and http; without it they have to be https at public addresses");
  web->add_option("--webhook-hosts", webhook_hosts, "where people's webhooks may be: hooks.example.org,*.example.net")
      ->delimiter(',')
      ->envname("WEBHOOK_HOSTS")
      ->default_str("*");
  web->add_option("--first-administrator", first_administrator,
                  "folder with name, password, email: made when nobody administers the platform yet");
  web->add_option("--initial-password-hours", initial_password_hours,
                  "how long that password holds; it is good for nothing but setting another")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{24} * 366))
      ->capture_default_str();
  add_limits(app, options.people.limits);
  CLI11_PARSE(app, argc, argv);
  if (openapi) return print_openapi();
  if (role.empty()) return fail("--roles is needed: git or web");
  if (auto hosts = base::HostPatterns::parse(webhook_hosts); hosts)
    options.people.community.webhooks.hosts = std::move(*hosts);
  else
    return fail("--webhook-hosts: " + hosts.error().message);
  if (role == "git" && data.empty()) return fail("--data is needed for the role git");
  if (role == "web" && options.people.database.url.empty()) return fail("--database is needed for the role web");

  options.role = role == "git" ? ServerRole::kGit : ServerRole::kWeb;
  if (!tls_cert.empty()) options.tls = base::CertificateFiles{.cert = tls_cert, .key = tls_key};
  options.git.data = data;
  options.git.credentials_file = credentials;
  options.git.limits.max_push_bytes = max_push_mib << 20;
  options.git.max_file = max_file_mib << 20;
  if (git_memory_mib > 0) {
    options.git.limits.child.memory = git_memory_mib << 20;
  } else if (options.git.max_file > 0) {
    options.git.limits.child.memory = git::memory_for(options.git.max_file);
  }
  options.git.repository_quota = repository_mib << 20;
  options.scan.most = scan_mib << 20;
  options.lfs.quota = {lfs_object_mib << 20, lfs_repository_mib << 20, lfs_owner_mib << 20};
  if (!s3_url.empty()) {
    auto s3 = s3_options(s3_url, s3_region, s3_credentials);
    if (!s3) return fail(s3.error().message);
    options.lfs.s3 = std::move(*s3);
  }
  options.drain = std::chrono::seconds(drain_seconds);
  options.slow_patience = std::chrono::seconds(slow_client_seconds);
  options.people.database.password_file = password_file;
  options.people.first_administrator = first_administrator;
  options.people.initial_password_life = std::chrono::hours(initial_password_hours);
  if (session_idle > 0) options.people.lifetimes.idle = std::chrono::seconds(session_idle);
  if (session_absolute > 0) options.people.lifetimes.absolute = std::chrono::seconds(session_absolute);
  if (!delivery_webhook.empty())
    options.people.delivery =
        account::WebhookDeliveryOptions{.url = delivery_webhook, .secret_file = delivery_secret_file};
  if (!smtp.url.empty()) {
    smtp.password_file = smtp_password_file;
    smtp.ca_file = smtp_ca_file;
    options.people.mail = smtp;
  }
  if (!secret_file.empty()) {
    auto secret = base::read_file(secret_file);
    if (!secret) return fail(secret.error().message);
    options.secret = std::move(*secret);
  } else if (options.role == ServerRole::kWeb) {
    base::log::warn("without --secret-file, cursors end with this process and are no other replica's");
  }

  if (!session_cache.empty()) {
    if (options.secret.empty())
      return fail("--session-cache is shared by replicas, which have to share a --secret-file");
    options.people.session_cache = session::RedisCacheOptions{
        .url = session_cache, .password_file = session_cache_password, .secret = options.secret};
  }
  if (kubernetes) {
    auto config = kube::default_config(kubeconfig);
    if (!config) return fail("no way to reach the Kubernetes API server: " + config.error().message);
    options.kubernetes = std::move(*config);
  }
  auto server = Server::start(options, base::system_clock());
  if (!server) return fail(server.error().message);
  base::log::info("listening", {{"port", (*server)->port()}, {"role", role}});
  shutdown.wait();
  base::log::info("stopping");
  (*server)->stop(std::chrono::seconds(20));
  return 0;
}

}  // namespace
}  // namespace causeway::api

int main(int argc, char** argv) {
  return causeway::api::run(argc, argv);
}
