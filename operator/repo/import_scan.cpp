#include "operator/repo/import_scan.hpp"

#include "base/log.hpp"
#include "base/process.hpp"
#include "operator/build/git_environment.hpp"
#include "operator/repo/bare_repository.hpp"

namespace causeway::op::repo {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr auto kPatience = std::chrono::hours(2);

// Lets a repository have its own objects only, for as long as this lives.
class WithoutAlternates {
 public:
  explicit WithoutAlternates(const std::filesystem::path& directory)
      : file_(alternates_of(directory)), aside_(file_.string() + ".aside") {
    std::error_code none;
    std::filesystem::rename(file_, aside_, none);
  }
  ~WithoutAlternates() {
    std::error_code none;
    std::filesystem::rename(aside_, file_, none);
  }
  WithoutAlternates(const WithoutAlternates&) = delete;
  WithoutAlternates& operator=(const WithoutAlternates&) = delete;

 private:
  const std::filesystem::path file_, aside_;
};

Result<base::RunOutput> scan(const std::filesystem::path& directory, const ScanOptions& options, std::stop_token stop) {
  const WithoutAlternates alone(directory);
  base::ProcessSpec spec;
  spec.argv = {"causeway-scan-objects", "--clamd", options.clamd, "--most-mib", std::to_string(options.most_mib)};
  spec.cwd = directory.string();
  spec.env = build::git_environment();
  (*spec.env)["GIT_DIR"] = directory.string();
  return base::run_checked(spec, {.timeout = kPatience, .stop = std::move(stop)});
}

// A path that some commit has it at; the id where there is none.
std::string path_of(const std::filesystem::path& directory, const std::string& id) {
  const auto log = BareRepository(directory).git(
      {"log", "--all", "--format=", "-m", "--name-only", "-z", "-n", "1", "--find-object=" + id});
  const auto path = log ? log->substr(0, log->find('\0')) : std::string();
  return path.empty() ? id : path;
}

}  // namespace

std::filesystem::path alternates_of(const std::filesystem::path& directory) {
  return directory / "objects" / "info" / "alternates";
}

Result<void> scan_repository(const std::filesystem::path& directory, const ScanOptions& options, std::stop_token stop) {
  const auto scanned = scan(directory, options, std::move(stop));
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
