#include "operator/build/buildah.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/build/git_fetch.hpp"

namespace causeway::op::build {
namespace {

using testing::HasSubstr;

TEST(Classify, AFailingInstructionIsTheDockerfiles) {
  const auto result = classify_bud_failure(
      "STEP 3/5: RUN pip install -r requirements.txt",
      "ERROR: No matching distribution found for nonsense\nError: building at STEP \"RUN pip\": exit status 1\n");
  EXPECT_EQ(result.reason, BuildReason::DockerfileFailed);
  EXPECT_THAT(result.message, HasSubstr("STEP 3/5: RUN pip install"));
  EXPECT_THAT(result.message, HasSubstr("No matching distribution"));
}

TEST(Classify, ANetworkErrorInsideAnInstructionIsStillTheDockerfiles) {
  EXPECT_EQ(classify_bud_failure("STEP 3/5: RUN curl x", "curl: (7) connection refused\n").reason,
            BuildReason::DockerfileFailed);
}

TEST(Classify, ARegistryThatIsDownIsNot) {
  EXPECT_EQ(classify_bud_failure("STEP 1/5: FROM registry/x",
                                 "Error: creating build container: initializing source docker://registry/x:1: pinging "
                                 "container registry registry: Get \"https://registry/v2/\": dial tcp 10.0.0.1:443: "
                                 "connect: connection refused\n")
                .reason,
            BuildReason::RegistryUnavailable);
}

TEST(Classify, ABaseImageThatDoesNotExistIsTheDockerfiles) {
  EXPECT_EQ(classify_bud_failure("STEP 1/5: FROM registry/x:9",
                                 "Error: creating build container: initializing source docker://registry/x:9: reading "
                                 "manifest 9 in registry/x: manifest unknown\n")
                .reason,
            BuildReason::DockerfileFailed);
}

TEST(Classify, GitFailures) {
  for (const char* gone : {"fatal: remote error: upload-pack: not our ref 0123", "fatal: couldn't find remote ref x",
                           "fatal: repository 'http://git/ada/x.git/' not found",
                           "error: RPC failed; HTTP 404\nfatal: the requested URL returned error: 404",
                           "fatal: could not read Username for 'http://git': terminal prompts disabled"}) {
    EXPECT_EQ(classify_git_failure(gone), BuildReason::RevisionNotFound) << gone;
  }
  for (const char* down :
       {"fatal: unable to access 'http://git/': Could not resolve host: git",
        "fatal: unable to access 'http://git/': Failed to connect to git port 80: Connection refused",
        "fatal: unable to access 'http://git/': The requested URL returned error: 503", ""}) {
    EXPECT_EQ(classify_git_failure(down), BuildReason::GitUnavailable) << down;
  }
}

TEST(MachineArgs, OnlyWhatTheDockerfileDeclares) {
  const std::map<std::string, std::string> env{
      {"PIP_CERT", "/ca"}, {"SSL_CERT_FILE", "/ca"}, {"HTTPS_PROXY", "p"}, {"HOME", "/root"}};
  const std::map<std::string, std::string> expected{{"PIP_CERT", "/ca"}, {"HTTPS_PROXY", "p"}};
  EXPECT_EQ(machine_args("FROM a:1\nARG PIP_CERT\n", env), expected);
}

}  // namespace
}  // namespace causeway::op::build
