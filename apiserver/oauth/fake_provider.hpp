#pragma once
// A provider for tests, on a port of its own: answers each path as it was told to, and remembers what it was asked.

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "apiserver/jwt/test_keys.hpp"
#include "apiserver/jwt/token.hpp"
#include "apiserver/oauth/provider.hpp"
#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/http_server.hpp"

namespace causeway::api::oauth::test {

namespace json = boost::json;

inline base::HttpResponse answer(const json::value& body, int status = 200) {
  return base::json_response(status, json::serialize(body));
}

class FakeProvider {
 public:
  using Answer = std::function<base::HttpResponse(const base::HttpRequest&)>;

  FakeProvider() {
    auto started = base::HttpServer::start(
        {}, base::HttpServer::Handler([this](const base::HttpRequest& request) { return handle(request); }));
    if (!started) throw std::runtime_error(started.error().message);
    server_ = std::move(*started);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  void on(const std::string& path, Answer say) {
    const std::lock_guard lock(mutex_);
    answers_[path] = std::move(say);
  }
  void on(const std::string& path, const json::value& body, int status = 200) {
    on(path, [response = answer(body, status)](const base::HttpRequest&) { return response; });
  }
  // Those for this path, the oldest first.
  std::vector<base::HttpRequest> asked(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    std::vector<base::HttpRequest> all;
    for (const auto& request : requests_)
      if (request.path() == path) all.push_back(request);
    return all;
  }

 private:
  base::HttpResponse handle(const base::HttpRequest& request) {
    Answer say;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      const auto found = answers_.find(std::string(request.path()));
      if (found == answers_.end()) return answer({{"error", "not_found"}}, 404);
      say = found->second;
    }
    return say(request);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<base::HttpRequest> requests_;
  std::unique_ptr<base::HttpServer> server_;
};

// One that speaks OpenID Connect. What it says is changed by changing the members, before it is asked.
struct FakeOidc {
  explicit FakeOidc(const base::Clock& clock) : clock_(clock) {
    document = {{"issuer", http.url()},
                {"authorization_endpoint", http.url() + "/authorize?tenant=7"},
                {"token_endpoint", http.url() + "/token"},
                {"jwks_uri", http.url() + "/keys"},
                {"userinfo_endpoint", http.url() + "/userinfo"},
                {"id_token_signing_alg_values_supported", json::array{"ES256"}}};
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock.wall().time_since_epoch()).count();
    claims = {{"iss", http.url()}, {"aud", "causeway"},          {"sub", "17"},      {"iat", now},
              {"exp", now + 300},  {"email", "ada@example.org"}, {"name", "Ada L."}, {"email_verified", true}};
    http.on("/.well-known/openid-configuration", [this](const auto&) { return answer(document); });
    http.on("/keys", [this](const auto&) { return answer({{"keys", keys()}}); });
    http.on("/token", [this](const auto&) { return answer(tokens()); });
    std::filesystem::path file = folder.path() / "secret";
    if (!base::write_file_atomic(file, "s3cret&more\n")) throw std::runtime_error("no file can be written");
    provider.name = "company";
    provider.display_name = "Example Inc.";
    provider.issuer = http.url();
    provider.client_id = "causeway";
    provider.client_secret_file = file;
    provider.scopes = {"openid", "email"};
  }

  json::array keys() const {
    json::array all;
    for (const auto* each : {&key, &next}) {
      auto jwk = each->public_key().to_jwk();
      jwk["kid"] = each->public_key().thumbprint();
      if (each == &key || published) all.push_back(std::move(jwk));
    }
    return all;
  }
  std::string id_token() const {
    auto all = claims;
    if (!nonce.empty()) all["nonce"] = nonce;
    return jwt::sign(all, rotated ? next : key, {.type = type});
  }
  json::object tokens() const {
    return {{"access_token", "at-1"}, {"token_type", "Bearer"}, {"expires_in", 60}, {"id_token", id_token()}};
  }

  const base::Clock& clock_;
  base::TemporaryDirectory folder;
  json::object document, claims;
  std::string nonce = "nonce", type = "JWT";
  jwt::PrivateKey key = jwt::test::ec_key(), next = jwt::test::ec_key();
  bool rotated = false;    // signs with `next`
  bool published = false;  // `next` is in the key set
  Provider provider;
  FakeProvider http;  // the last: it answers from the others
};

}  // namespace causeway::api::oauth::test
