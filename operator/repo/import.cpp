#include "operator/repo/import.hpp"

#include <array>
#include <csignal>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

#include "base/files.hpp"
#include "base/http.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "base/public_address.hpp"
#include "operator/build/git_environment.hpp"
#include "operator/repo/bare_repository.hpp"
#include "operator/repo/git_progress.hpp"

namespace causeway::op::repo {
namespace {

using base::Error;
using base::ErrorCode;
using base::is_public_address;
using base::Result;

constexpr auto kLook = std::chrono::seconds(1);
constexpr auto kLeave = std::chrono::seconds(2);  // for git to take its locks with it

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

// Of what git has received, whole or not.
std::uint64_t bytes_of_packs(const std::filesystem::path& directory) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator file(directory / "objects" / "pack", error), end; !error && file != end;
       file.increment(error)) {
    std::error_code gone;
    const auto size = file->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

Error failed(const std::string& url, const std::string& said) {
  const auto failure = failure_of(said);
  base::log::info("an import failed",
                  {{"url", url}, {"git", said.substr(said.size() > 2000 ? said.size() - 2000 : 0)}});
  return {failure.permanent ? ErrorCode::kInvalidArgument : ErrorCode::kUnavailable, url + ": " + failure.reason};
}

// The repositories that hold what is imported, together.
using Stores = std::vector<std::filesystem::path>;

// Why git has to end now; nullopt: it may go on.
std::optional<Error> objection(const std::string& url, const Stores& stores, const std::string& said,
                               std::chrono::steady_clock::time_point deadline, const ImportOptions& options) {
  auto progress = progress_of(said);
  for (const auto& store : stores) progress.bytes += bytes_of_packs(store);
  if (options.max_bytes > 0 && progress.bytes > options.max_bytes)
    return Error{ErrorCode::kInvalidArgument,
                 url + ": it is larger than " + std::to_string(options.max_bytes >> 20) + " MiB, and no more is taken"};
  if (std::chrono::steady_clock::now() > deadline)
    return Error{ErrorCode::kUnavailable, url + ": it took longer than it may"};
  if (options.watch && !options.watch(progress)) return Error{ErrorCode::kCancelled, "it is not wanted any more"};
  return std::nullopt;
}

Result<void> run_git(std::vector<std::string> arguments, const std::string& url, const Stores& stores,
                     const ImportOptions& options) {
  auto remote = checked_remote(url, options);
  if (!remote) return remote.error();
  std::string askpass = "/bin/false";
  if (!options.credentials.empty()) {
    auto script = build::write_askpass(options.scratch, options.credentials);
    if (!script) return script.error();
    askpass = *script;
  }
  base::ProcessSpec spec;
  spec.argv = {"git",
               "-c",
               "safe.directory=*",
               "-c",
               "transfer.fsckObjects=true",
               "-c",
               "http.followRedirects=false",
               "-c",
               "http.lowSpeedLimit=1",
               "-c",
               "http.lowSpeedTime=60"};
  spec.argv.insert(spec.argv.end(), remote->begin(), remote->end());
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  spec.env = build::git_environment(askpass);
  spec.out = base::ProcessSpec::Stream::kNull;
  spec.err = base::ProcessSpec::Stream::kFile;  // progress comes in lines without an end
  spec.err_file = (options.scratch / "said").string();
  std::error_code ignored;
  std::filesystem::remove(spec.err_file, ignored);
  const auto deadline = std::chrono::steady_clock::now() + options.timeout;
  auto git = base::Process::spawn(spec);
  if (!git) return git.error();
  for (;;) {
    const auto ended = git->wait(kLook, options.stop);
    const auto said = base::read_file(spec.err_file).value_or("");
    if (ended) return ended->success() ? Result<void>() : failed(url, said);
    auto why = ended.error().code == ErrorCode::kTimeout ? objection(url, stores, said, deadline, options)
                                                         : std::optional(ended.error());
    if (!why) continue;
    (void)git->signal_group(SIGTERM);
    (void)git->wait(kLeave);
    return *why;
  }
}

std::vector<std::string> fetch_into(const std::filesystem::path& directory, const std::string& url) {
  return {"--git-dir",
          directory.string(),
          "fetch",
          "--quiet",
          "--prune",
          "--no-write-fetch-head",
          "--",
          url,
          "+refs/heads/*:refs/heads/*",
          "+refs/tags/*:refs/tags/*"};
}

Result<void> scanned(const std::string& url, const std::filesystem::path& directory, const ImportOptions& options) {
  if (options.scan.clamd.empty()) return {};
  auto good = scan_repository(directory, options.scan, options.stop);
  return good ? good : good.error().wrap(url);
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
  if (!options.hosts.allow(parsed->host))
    return wrong("leads to " + parsed->host + ", and imports may come from: " + options.hosts.describe());
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
  if (auto ok = run_git({"clone", "--progress", "--mirror", "--template=", "--", url, directory.string()}, url,
                        {directory}, options);
      !ok)
    return ok;
  base::ProcessSpec spec;
  spec.argv = {"git", "config", "--file", (directory / "config").string(), "--remove-section", "remote.origin"};
  spec.env = build::git_environment();
  auto removed = base::run_checked(spec);
  if (!removed) return removed.error();
  return scanned(url, directory, options);
}

Result<void> mirror_again(const std::string& url, const std::filesystem::path& directory,
                          const ImportOptions& options) {
  if (options.scan.clamd.empty()) return run_git(fetch_into(directory, url), url, {directory}, options);
  // Fetched into a repository beside it, so that nothing comes here that was not looked through.
  const BareRepository fresh(options.scratch / "fetched.git", options.stop);
  std::error_code ignored;
  std::filesystem::remove_all(fresh.directory(), ignored);
  if (auto made = fresh.init("main"); !made) return made;
  if (auto written =
          base::write_file_atomic(alternates_of(fresh.directory()), (directory / "objects").string() + "\n", 0644);
      !written)
    return written;
  if (auto fetched = run_git(fetch_into(fresh.directory(), url), url, {directory, fresh.directory()}, options);
      !fetched)
    return fetched;
  if (auto good = scanned(url, fresh.directory(), options); !good) return good;
  base::ProcessSpec spec;
  spec.argv = {"git", "-c", "safe.directory=*"};
  const auto fetch = fetch_into(directory, fresh.directory().string());
  spec.argv.insert(spec.argv.end(), fetch.begin(), fetch.end());
  spec.env = build::git_environment();
  auto taken = base::run_checked(spec, {.timeout = options.timeout, .stop = options.stop});
  if (!taken) return taken.error();
  return {};
}

}  // namespace causeway::op::repo
