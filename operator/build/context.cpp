#include "operator/build/context.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/files.hpp"
#include "operator/image_template/dockerfile.hpp"

namespace causeway::op::build {
namespace {

namespace fs = std::filesystem;

BuildResult failed(BuildReason reason, std::string message) {
  return {{}, {}, reason, std::move(message)};
}

// `relative` below `root` with every link resolved; nullopt: it is not there, or leads outside.
std::optional<fs::path> inside(const fs::path& root, const fs::path& relative) {
  std::error_code error;
  const auto base = fs::canonical(root, error);
  if (error) return std::nullopt;
  const auto full = fs::canonical(base / relative, error);
  if (error) return std::nullopt;
  const auto [end, rest] = std::mismatch(base.begin(), base.end(), full.begin(), full.end());
  if (end != base.end()) return std::nullopt;
  return full;
}

std::string listing(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    names.push_back(entry.path().filename().string() + (entry.is_directory() ? "/" : ""));
  }
  std::sort(names.begin(), names.end());
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < 20; ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > 20) out += ", …";
  return names.empty() ? "nothing" : out;
}

}  // namespace

BuildResult prepare_context(const BuildSpec& spec, const fs::path& checkout, const fs::path& scratch,
                            Context& context) {
  const std::string shown = spec.path.empty() ? "the repository" : spec.path;
  const auto folder = fs::path(spec.path).is_absolute() ? std::nullopt : inside(checkout, spec.path);
  if (!folder || !fs::is_directory(*folder))
    return failed(BuildReason::RevisionNotFound, "there is no folder " + spec.path + " in commit " + spec.commit +
                                                     "; in its root there are: " + listing(checkout));
  context.folder = *folder;

  if (spec.dockerfile.empty()) {
    for (const char* name : {"Dockerfile", "Containerfile"}) {
      const auto own = inside(checkout, fs::path(spec.path) / name);
      if (own && fs::is_regular_file(*own)) {
        context.dockerfile = *own;
        return {};
      }
    }
    return failed(BuildReason::NoDockerfile, "there is no Dockerfile in " + shown + "; there are: " + listing(*folder));
  }

  const auto file = image_template::Dockerfile::parse(spec.dockerfile);
  if (const auto declared = file.args().find("APP_FILE"); declared != file.args().end()) {
    const auto given = spec.args.find("APP_FILE");
    const std::string app = given != spec.args.end() ? given->second : declared->second.value_or("");
    const auto found = app.empty() ? std::nullopt : inside(*folder, app);
    if (!app.empty() && (!found || !fs::is_regular_file(*found)))
      return failed(BuildReason::NoAppFile, "there is no " + app + " in " + shown + "; there are: " + listing(*folder));
  }
  context.dockerfile = scratch / "Dockerfile";
  if (auto written = base::write_file_atomic(context.dockerfile, spec.dockerfile); !written)
    return failed(BuildReason::BuilderFailed, written.error().message);
  return {};
}

}  // namespace causeway::op::build
