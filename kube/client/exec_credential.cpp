#include "kube/client/exec_credential.hpp"

#include <unistd.h>

#include "base/encoding.hpp"
#include "base/process.hpp"
#include "kube/core/object.hpp"

namespace causeway::kube {

namespace {

using base::ErrorCode;

// A credential this young is not asked for again.
constexpr base::Duration kFresh = std::chrono::seconds(5);

std::map<std::string, std::string> our_environment() {
  std::map<std::string, std::string> env;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view line(*entry);
    if (const auto eq = line.find('='); eq != std::string_view::npos)
      env.insert_or_assign(std::string(line.substr(0, eq)), std::string(line.substr(eq + 1)));
  }
  return env;
}

std::string exec_info(const ExecPlugin& plugin) {
  Object spec{{"interactive", false}};
  if (plugin.provide_cluster_info) {
    Object cluster{{"server", plugin.server}};
    if (!plugin.ca_pem.empty()) cluster["certificate-authority-data"] = base::base64_encode(plugin.ca_pem);
    if (!plugin.tls_server_name.empty()) cluster["tls-server-name"] = plugin.tls_server_name;
    if (plugin.insecure) cluster["insecure-skip-tls-verify"] = true;
    spec["cluster"] = std::move(cluster);
  }
  return json::serialize(
      Object{{"apiVersion", plugin.api_version}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}});
}

}  // namespace

ExecCredential::ExecCredential(ExecPlugin plugin, base::TlsClientOptions tls, const base::Clock& clock,
                               std::shared_ptr<TlsSource> files)
    : plugin_(std::move(plugin)), clock_(clock), files_(std::move(files)), tls_(std::move(tls)) {}

base::Result<std::string> ExecCredential::token() {
  const auto seen = runs_.load();
  std::lock_guard lock(mutex_);
  if (!have_ || (expires_ && clock_.wall() >= *expires_)) {
    // A run that hangs or fails must not be repeated by each of a hundred calls that waited for it, one after another.
    if (runs_.load() == seen) {
      outcome_ = refresh();
      ++runs_;
    }
    if (!outcome_) return outcome_.error();
  }
  return token_;
}

void ExecCredential::rejected() {
  std::lock_guard lock(mutex_);
  // Many calls may be refused for one old credential: the first of them has had it replaced.
  if (clock_.steady() - ran_ >= kFresh) have_ = false;
}

TlsSource::Snapshot ExecCredential::current() {
  std::lock_guard lock(snapshot_mutex_);
  if (files_) {
    const auto now = files_->current();
    if (now.options && now.generation != files_generation_) {
      files_generation_ = now.generation;
      tls_ = *now.options;
      assemble_locked();
    }
  }
  return snapshot_;
}

void ExecCredential::doubted() {
  if (files_) files_->doubted();
}

void ExecCredential::assemble_locked() {
  auto tls = tls_;
  if (!cert_.empty()) {
    tls.cert_pem = cert_;
    tls.key_pem = key_;
  }
  snapshot_ = {snapshot_.generation + 1, std::make_shared<const base::TlsClientOptions>(std::move(tls))};
}

base::Result<void> ExecCredential::refresh() {
  const auto where = "exec plugin \"" + plugin_.command + "\" of user \"" + plugin_.user + "\"";
  base::ProcessSpec spec;
  spec.argv.push_back(plugin_.command);
  spec.argv.insert(spec.argv.end(), plugin_.args.begin(), plugin_.args.end());
  auto env = our_environment();
  for (const auto& [name, value] : plugin_.env) env.insert_or_assign(name, value);
  env.insert_or_assign("KUBERNETES_EXEC_INFO", exec_info(plugin_));
  spec.env = std::move(env);
  base::RunOptions options;
  options.timeout = plugin_.timeout;
  auto output = base::run_checked(std::move(spec), options);
  if (!output) {
    auto error = output.error().wrap(where);
    if (error.code == ErrorCode::kNotFound && !plugin_.install_hint.empty())
      error.message += "\n" + plugin_.install_hint;
    return error;
  }
  if (auto ok = accept(output->out); !ok) return ok.error().wrap(where);
  return {};
}

base::Result<void> ExecCredential::accept(std::string_view output) {
  const auto bad = [](std::string message) { return base::Error{ErrorCode::kProtocol, std::move(message)}; };
  boost::system::error_code ec;
  const auto value = json::parse(json::string_view(output.data(), output.size()), ec);
  if (ec || !value.is_object()) return bad("it did not print a JSON object");
  const auto& credential = value.get_object();
  if (string_at(credential, "kind") != "ExecCredential") return bad("it printed no ExecCredential");
  if (string_at(credential, "apiVersion") != plugin_.api_version)
    return bad("it answered in " + std::string(string_at(credential, "apiVersion")) + ", the kubeconfig asks for " +
               plugin_.api_version);
  const auto token = string_at(credential, "status.token");
  const auto cert = string_at(credential, "status.clientCertificateData");
  const auto key = string_at(credential, "status.clientKeyData");
  if (token.empty() && cert.empty()) return bad("its status has neither token nor clientCertificateData");
  if (cert.empty() != key.empty()) return bad("its status has only one of clientCertificateData and clientKeyData");
  std::optional<base::WallTime> expires;
  if (const auto text = string_at(credential, "status.expirationTimestamp"); !text.empty()) {
    auto time = base::parse_time(text);
    if (!time) return bad("status.expirationTimestamp \"" + std::string(text) + "\" is no RFC 3339 time");
    expires = *time;
  }
  if (!cert.empty()) {
    std::lock_guard lock(snapshot_mutex_);
    if (cert_ != cert || key_ != key) {
      cert_ = cert;
      key_ = key;
      assemble_locked();
    }
  }
  token_ = token;
  expires_ = expires;
  ran_ = clock_.steady();
  have_ = true;
  return {};
}

}  // namespace causeway::kube
