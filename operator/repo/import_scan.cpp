#include "operator/repo/import_scan.hpp"

#include "base/log.hpp"
#include "base/process.hpp"
#include "operator/build/git_environment.hpp"

namespace causeway::op::repo {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr auto kPatience = std::chrono::hours(2);

base::ProcessSpec in_repository(const std::filesystem::path& directory, std::vector<std::string> argv) {
  base::ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.cwd = directory.string();
  spec.env = build::git_environment();
  (*spec.env)["GIT_DIR"] = directory.string();
  return spec;
}

// A path that some commit has it at; the id where there is none.
std::string path_of(const std::filesystem::path& directory, const std::string& id) {
  const auto log =
      base::run(in_repository(directory, {"git", "-c", "safe.directory=*", "log", "--all", "--format=", "-m",
                                          "--name-only", "-z", "-n", "1", "--find-object=" + id}));
  if (!log || !log->status.success()) return id;
  const auto path = log->out.substr(0, log->out.find('\0'));
  return path.empty() ? id : path;
}

}  // namespace

Result<void> scan_repository(const std::filesystem::path& directory, const ScanOptions& options, std::stop_token stop) {
  const auto scanned = base::run_checked(in_repository(directory, {"causeway-scan-objects", "--clamd", options.clamd,
                                                                   "--most-mib", std::to_string(options.most_mib)}),
                                         {.timeout = kPatience, .stop = std::move(stop)});
  if (!scanned) {
    if (scanned.error().code == ErrorCode::kCancelled) return scanned.error();
    base::log::error("an import cannot be looked through for malware",
                     {{"directory", directory.string()}, {"error", scanned.error().message}});
    return Error{ErrorCode::kUnavailable, "it cannot be looked through for malware now"};
  }
  const auto line = scanned->out.substr(0, scanned->out.find('\n'));  // "ID NAME"; the first one is enough
  if (line.empty()) return {};
  const auto space = line.find(' ');
  const auto where = path_of(directory, line.substr(0, space)), name = line.substr(space + 1);
  base::log::warn("malware was refused", {{"directory", directory.string()}, {"file", where}, {"name", name}});
  return Error{ErrorCode::kInvalidArgument, "the file " + where + " is malware: " + name};
}

}  // namespace causeway::op::repo
