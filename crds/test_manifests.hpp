#pragma once
// The manifests of testdata/ and the kinds' examples, for tests.

#include <boost/json.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace causeway::crds {

struct TestManifest {
  std::string name;    // "demo/port"
  std::string server;  // what the API server says; empty: it accepts
  std::string field;   // the path validate() reports; empty: none
  boost::json::value object;
};

// `crds`: the folder of that name in the source tree. Throws when a file is not YAML.
std::vector<TestManifest> read_test_manifests(const std::filesystem::path& crds);

}  // namespace causeway::crds
