#include "crds/test_manifests.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <yaml-cpp/yaml.h>

#include "base/files.hpp"

namespace causeway::crds {

namespace json = boost::json;

namespace {

json::value scalar(const YAML::Node& node) {
  const std::string text = node.Scalar();
  if (node.Tag() == "!") return json::value(text);  // quoted
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  boost::system::error_code error;
  const json::value number = json::parse(text, error);
  return !error && number.is_number() ? number : json::value(text);
}

json::value to_value(const YAML::Node& node) {
  if (node.IsMap()) {
    json::object object;
    for (const auto& item : node) object.emplace(item.first.Scalar(), to_value(item.second));
    return object;
  }
  if (node.IsSequence()) {
    json::array array;
    for (const auto& item : node) array.push_back(to_value(item));
    return array;
  }
  return node.IsNull() ? json::value(nullptr) : scalar(node);
}

std::string remark(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  const std::string prefix = "# " + key + ": ";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(prefix)) return line.substr(prefix.size());
  }
  return {};
}

TestManifest read(const std::filesystem::path& path) {
  const auto text = base::read_file(path);
  if (!text) throw std::runtime_error(text.error().message);
  return {path.parent_path().filename().string() + "/" + path.stem().string(), remark(*text, "server"),
          remark(*text, "field"), to_value(YAML::Load(*text))};
}

}  // namespace

std::vector<TestManifest> read_test_manifests(const std::filesystem::path& crds) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(crds / "testdata")) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  for (const auto& entry : std::filesystem::directory_iterator(crds)) {
    if (std::filesystem::exists(entry.path() / "example.yaml")) paths.push_back(entry.path() / "example.yaml");
  }
  std::ranges::sort(paths);
  std::vector<TestManifest> manifests;
  for (const auto& path : paths) manifests.push_back(read(path));
  return manifests;
}

}  // namespace causeway::crds
