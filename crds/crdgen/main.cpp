// crdgen: writes crds/<kind>/crd.yaml and crds/<kind>/README.md from the C++ types; --check fails when they differ.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "crds/crdgen/kinds.hpp"
#include "crds/crdgen/reference.hpp"
#include "crds/crdgen/yaml.hpp"

namespace causeway::crds::crdgen {
namespace {

struct File {
  std::filesystem::path path;
  std::string content;
};

std::vector<File> generate(const std::filesystem::path& crds) {
  std::vector<File> files;
  for (const Kind& kind : all_kinds()) {
    const std::filesystem::path folder = crds / kind.folder;
    const std::string header = "# Written by crdgen from the C++ types in this folder; do not edit.\n";
    files.push_back({folder / "crd.yaml", header + to_yaml(crd_of(kind))});
    const std::string example = base::read_file(folder / "example.yaml").value_or("");
    files.push_back({folder / "README.md", reference_page(kind, example)});
  }
  return files;
}

int run(const std::filesystem::path& root, bool check) {
  const std::filesystem::path crds = root / "crds";
  if (!std::filesystem::is_directory(crds)) {
    std::cerr << "crdgen: " << crds.string() << " is not a folder; give the root of the source tree with --root\n";
    return 2;
  }
  int outdated = 0;
  for (const File& file : generate(crds)) {
    const auto present = base::read_file(file.path);
    if (present && *present == file.content) continue;
    ++outdated;
    if (check) {
      std::cerr << "crdgen: " << file.path.string() << " is not what the C++ types say; run crdgen and commit\n";
      continue;
    }
    if (const auto written = base::write_file_atomic(file.path, file.content); !written) {
      std::cerr << "crdgen: " << written.error().message << "\n";
      return 2;
    }
    std::cout << file.path.string() << "\n";
  }
  return check && outdated > 0 ? 1 : 0;
}

}  // namespace
}  // namespace causeway::crds::crdgen

int main(int argc, char** argv) {
  CLI::App app{"Writes crds/<kind>/crd.yaml and README.md from the C++ types of the kinds."};
  std::string root = ".";
  bool check = false;
  app.add_option("--root,--source", root, "root of the source tree");
  app.add_flag("--check", check, "write nothing; exit 1 if a file differs");
  CLI11_PARSE(app, argc, argv);
  return causeway::crds::crdgen::run(root, check);
}
