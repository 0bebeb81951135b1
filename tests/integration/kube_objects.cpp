#include "tests/integration/kube_objects.hpp"

#include <filesystem>
#include <sstream>

#include "base/files.hpp"
#include "tests/integration/kube_fixture.hpp"

namespace causeway::test {

namespace fs = std::filesystem;

bool install_crd(kube::Client& client, std::string_view folder) {
  auto yaml = base::read_file(fs::path(CAUSEWAY_SOURCE_DIR) / "crds" / folder / "crd.yaml");
  if (!yaml) return false;
  std::string name;
  std::istringstream lines(*yaml);
  for (std::string line; name.empty() && std::getline(lines, line);) {
    if (line.starts_with("  name: ")) name = line.substr(8);
  }
  const auto& type = kube::resources::kCustomResourceDefinition;
  auto applied = client.raw({.method = "PATCH",
                             .target = type.path("", name) + "?fieldManager=test&force=true",
                             .headers = {{"Content-Type", "application/apply-patch+yaml"}},
                             .body = *yaml});
  if (!applied) return false;
  return kube::eventually([&] {
    auto crd = client.get(type, "", name);
    return crd.ok() && kube::condition_is_true(kube::conditions_of(*crd), "Established");
  });
}

std::vector<pid_t> descendants(pid_t pid) {
  std::vector<pid_t> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    auto stat = base::read_file(entry.path() / "stat");
    if (!stat) continue;
    // "pid (command) state parent …"; the command may hold anything.
    std::istringstream rest(stat->substr(stat->rfind(')') + 1));
    std::string state;
    pid_t parent = 0;
    rest >> state >> parent;
    if (parent != pid) continue;
    all.push_back(std::stoi(name));
    for (const auto child : descendants(all.back())) all.push_back(child);
  }
  return all;
}

}  // namespace causeway::test
