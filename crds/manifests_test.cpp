// The same manifests a real API server judges (tests/integration/manifests) through our own decoding and validation:
// both must refuse the same things, and what is accepted must survive the way through the C++ types.

#include <algorithm>
#include <gtest/gtest.h>

#include "crds/assignment/validation.hpp"
#include "crds/cluster/validation.hpp"
#include "crds/demo/validation.hpp"
#include "crds/image_template/validation.hpp"
#include "crds/repo/validation.hpp"
#include "crds/test_manifests.hpp"

namespace causeway::crds {
namespace {

class Manifests : public testing::TestWithParam<TestManifest> {};

// Paths of what is wrong, from decoding or from validation; the object as we would write it again.
template <class T>
std::vector<std::string> judge(const boost::json::value& manifest, boost::json::value& written) {
  const auto object = kube::decode<T>(manifest);
  if (!object) return {object.error().message.substr(0, object.error().message.find(':'))};
  written = kube::encode(*object);
  std::vector<std::string> paths;
  for (const FieldError& error : validate(*object)) {
    EXPECT_FALSE(error.message.empty());
    paths.push_back(error.path);
  }
  return paths;
}

std::vector<std::string> judge(const boost::json::value& manifest, boost::json::value& written) {
  const std::string_view kind = kube::string_at(manifest.as_object(), "kind");
  if (kind == "Cluster") return judge<Cluster>(manifest, written);
  if (kind == "Demo") return judge<Demo>(manifest, written);
  if (kind == "Repo") return judge<Repo>(manifest, written);
  if (kind == "ImageTemplate") return judge<ImageTemplate>(manifest, written);
  if (kind == "Assignment") return judge<Assignment>(manifest, written);
  ADD_FAILURE() << "unknown kind " << kind;
  return {};
}

TEST_P(Manifests, AreJudgedAsTheServerDoes) {
  const TestManifest& manifest = GetParam();
  boost::json::value written;
  const std::vector<std::string> paths = judge(manifest.object, written);
  // Without a field it is for the server alone: a newer one's unknown fields must not stop us.
  if (manifest.field.empty()) {
    EXPECT_TRUE(paths.empty()) << testing::PrintToString(paths);
    boost::json::value again;
    EXPECT_TRUE(judge(written, again).empty());
    EXPECT_EQ(written, again);
  } else {
    EXPECT_NE(std::ranges::find(paths, manifest.field), paths.end())
        << "expected " << manifest.field << " among " << testing::PrintToString(paths);
  }
}

std::string test_name(const testing::TestParamInfo<TestManifest>& test) {
  std::string name = test.param.name;
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Testdata, Manifests, testing::ValuesIn(read_test_manifests(CAUSEWAY_CRDS_FOLDER)), test_name);

}  // namespace
}  // namespace causeway::crds
