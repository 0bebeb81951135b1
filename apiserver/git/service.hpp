#pragma once
// Git over HTTP: authentication, the rules of who may do what, and the backend.

#include <filesystem>
#include <memory>
#include <string>

#include "apiserver/git/access.hpp"
#include "apiserver/git/backend.hpp"
#include "apiserver/git/credentials.hpp"
#include "base/clock.hpp"
#include "base/http_server.hpp"
#include "base/metrics.hpp"

namespace causeway::api::git {

struct ServiceOptions {
  std::filesystem::path data;              // <data>/<owner>/<name>.git
  std::filesystem::path credentials_file;  // empty: nobody can push, private repositories cannot be read
  BackendLimits limits;
};

// Thread-safe.
class GitService {
 public:
  // `access`: people and their rights; null: only those of the credentials file may do more than read what is public.
  GitService(ServiceOptions options, Access* access, const base::Clock& clock, base::MetricsRegistry& metrics);

  struct Summary {
    int status = 0;  // 0: the peer went away
    std::string user, error;
    std::uint64_t bytes_in = 0, bytes_out = 0;
  };
  // Answers the exchange in every case. `address`: the client's, behind proxies.
  Summary handle(base::HttpExchange& exchange, const std::string& address);
  // What is missing before this role can serve.
  base::Result<void> ready() const;

 private:
  // Who asks. The platform itself (builds, the operator) has the credentials file, people have access tokens.
  struct Caller {
    std::string name;  // "": nobody
    bool platform = false;
    std::optional<Person> person;
  };
  base::Result<std::optional<Caller>> caller_of(const base::HttpRequest& request, const std::string& address);
  base::Result<repository::Right> right_of(const Caller& caller, const std::string& path, const Repository& repository);

  Summary refuse(base::HttpExchange& exchange, int status, const std::string& message) const;
  Summary unavailable(base::HttpExchange& exchange, const base::Error& error) const;
  Summary ask_for_user(base::HttpExchange& exchange, const std::string& message) const;

  ServiceOptions options_;
  Repositories repositories_;
  Credentials credentials_;
  Access* access_;
  base::MetricsRegistry& metrics_;
};

}  // namespace causeway::api::git
