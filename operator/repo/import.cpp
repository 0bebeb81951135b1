#include "operator/repo/import.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

#include "base/http.hpp"
#include "base/process.hpp"
#include "operator/build/git_environment.hpp"

namespace causeway::op::repo {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

bool is_public_v4(std::uint32_t ip) {
  struct Range {
    std::uint32_t network;
    int bits;
  };
  static constexpr std::array<Range, 14> kReserved{{{0x00000000, 8},
                                                    {0x0A000000, 8},
                                                    {0x64400000, 10},
                                                    {0x7F000000, 8},
                                                    {0xA9FE0000, 16},
                                                    {0xAC100000, 12},
                                                    {0xC0000000, 24},
                                                    {0xC0000200, 24},
                                                    {0xC0A80000, 16},
                                                    {0xC6120000, 15},
                                                    {0xC6336400, 24},
                                                    {0xCB007100, 24},
                                                    {0xE0000000, 4},
                                                    {0xF0000000, 4}}};
  for (const auto& range : kReserved) {
    if ((ip >> (32 - range.bits)) == (range.network >> (32 - range.bits))) return false;
  }
  return true;
}

bool is_public_v6(const unsigned char* b) {
  const auto v4_at = [&](int i) {
    return static_cast<std::uint32_t>(b[i]) << 24 | static_cast<std::uint32_t>(b[i + 1]) << 16 |
           static_cast<std::uint32_t>(b[i + 2]) << 8 | b[i + 3];
  };
  static constexpr unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static constexpr unsigned char kNat64[12] = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  if (std::memcmp(b, kMapped, 12) == 0 || std::memcmp(b, kNat64, 12) == 0) return is_public_v4(v4_at(12));
  if (b[0] == 0x20 && b[1] == 0x02) return is_public_v4(v4_at(2));                             // 6to4
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) return false;              // documentation
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && (b[3] == 0 || b[3] >= 0x10)) return false;  // Teredo and others
  return (b[0] & 0xE0) == 0x20;  // 2000::/3, global unicast
}

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

bool is_public_address(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_public_v4(ntohl(v4.s_addr));
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) == 1) return is_public_v6(v6.s6_addr);
  return false;  // with a zone, or nothing we know
}

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
