#include "operator/repo/import.hpp"

#include <array>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

#include "base/http.hpp"
#include "base/process.hpp"
#include "base/public_address.hpp"
#include "operator/build/git_environment.hpp"

namespace causeway::op::repo {
namespace {

using base::Error;
using base::ErrorCode;
using base::is_public_address;
using base::Result;

Result<std::vector<std::string>> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0)
    return Error{ErrorCode::kUnavailable, "the host " + host + " cannot be found: " + ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const auto* a = found; a; a = a->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(a->ai_addr, a->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0)
      addresses.emplace_back(text.data());
  }
  return addresses;
}

Result<void> run_git(std::vector<std::string> arguments, const std::string& url, const ImportOptions& options) {
  auto remote = checked_remote(url, options);
  if (!remote) return remote.error();
  std::string askpass = "/bin/false";
  if (!options.credentials.empty()) {
    auto script = build::write_askpass(options.scratch, options.credentials);
    if (!script) return script.error();
    askpass = *script;
  }
  base::ProcessSpec spec;
  spec.argv = {"git", "-c", "safe.directory=*", "-c", "transfer.fsckObjects=true", "-c", "http.followRedirects=false"};
  spec.argv.insert(spec.argv.end(), remote->begin(), remote->end());
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  spec.env = build::git_environment(askpass);
  base::RunOptions run;
  run.timeout = options.timeout;
  run.stop = options.stop;
  auto ran = base::run(spec, run);
  if (!ran) return ran.error();
  if (!ran->status.success()) {
    const auto& text = ran->err;
    return Error{ErrorCode::kUnavailable, url + ": " + text.substr(text.size() > 800 ? text.size() - 800 : 0)};
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> checked_remote(const std::string& url, const ImportOptions& options) {
  if (options.allow_private_addresses) return std::vector<std::string>{};
  const auto wrong = [&](const std::string& why) {
    return Error{ErrorCode::kInvalidArgument, "spec.import.url " + why};
  };
  const auto parsed = base::parse_url(url);
  if (!parsed || parsed->scheme != "https") return wrong("has to be https://host/path");
  if (url.find('@') != std::string::npos) return wrong("must not hold a user or password; use credentialsRef");
  auto addresses = resolve(parsed->host, parsed->port);
  if (!addresses) return addresses.error();
  std::string list;
  for (const auto& address : *addresses) {
    if (!is_public_address(address))
      return wrong("leads to " + address + ", which is not a public address; repositories inside are not imported");
    list += (list.empty() ? "" : ",") + (address.find(':') == std::string::npos ? address : "[" + address + "]");
  }
  if (list.empty()) return Error{ErrorCode::kUnavailable, "the host " + parsed->host + " has no address"};
  return std::vector<std::string>{
      "-c", "protocol.allow=never",
      "-c", "protocol.https.allow=always",
      "-c", "http.curloptResolve=" + parsed->host + ":" + std::to_string(parsed->port) + ":" + list};
}

Result<void> import_repository(const std::string& url, const std::filesystem::path& directory,
                               const ImportOptions& options) {
  if (auto ok = run_git({"clone", "--quiet", "--mirror", "--template=", "--", url, directory.string()}, url, options);
      !ok)
    return ok;
  base::ProcessSpec spec;
  spec.argv = {"git", "config", "--file", (directory / "config").string(), "--remove-section", "remote.origin"};
  spec.env = build::git_environment();
  auto removed = base::run_checked(spec);
  if (!removed) return removed.error();
  return {};
}

Result<void> mirror_again(const std::string& url, const std::filesystem::path& directory,
                          const ImportOptions& options) {
  return run_git({"--git-dir", directory.string(), "fetch", "--quiet", "--prune", "--no-write-fetch-head", "--", url,
                  "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"},
                 url, options);
}

}  // namespace causeway::op::repo
