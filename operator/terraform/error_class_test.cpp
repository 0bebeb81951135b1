#include "operator/terraform/error_class.hpp"

#include <gtest/gtest.h>

namespace causeway::op::terraform {
namespace {

crds::Diagnostic error(std::string summary, std::string detail = {}) {
  return {.severity = crds::Severity::Error, .summary = std::move(summary), .detail = std::move(detail), .address = {}};
}

struct Case {
  ErrorClass expected;
  std::string summary, detail;
};

class Classified : public ::testing::TestWithParam<Case> {};

TEST_P(Classified, AsExpected) {
  const auto& c = GetParam();
  EXPECT_EQ(classify(error(c.summary, c.detail)), c.expected) << c.summary << "\n" << c.detail;
}

// What providers, backends and terraform itself say.
INSTANTIATE_TEST_SUITE_P(
    Errors, Classified,
    ::testing::Values(
        Case{ErrorClass::Authentication, "error configuring provider",
             "InvalidClientTokenId: The security token included in the request is invalid. status code: 403"},
        Case{ErrorClass::Authentication, "[TencentCloudSDKError] Code=AuthFailure.SecretIdNotFound", ""},
        Case{ErrorClass::Authentication, "No valid credential sources found", ""},
        Case{ErrorClass::Authentication, "creating VPC", "UnauthorizedOperation: You are not authorized"},
        Case{ErrorClass::Quota, "creating EC2 VPC", "VpcLimitExceeded: The maximum number of VPCs has been reached."},
        Case{ErrorClass::Quota, "[TencentCloudSDKError] Code=LimitExceeded.VpcQuota", ""},
        Case{ErrorClass::Quota, "local-exec provisioner error",
             "Error running command 'curl': exit status 22. Output: curl: (22) The requested URL returned error: 507"},
        Case{ErrorClass::Throttling, "reading", "RequestLimitExceeded: Request limit exceeded."},
        Case{ErrorClass::Throttling, "reading", "Throttling: Rate exceeded"},
        Case{ErrorClass::Throttling, "x", "The requested URL returned error: 429"},
        Case{ErrorClass::Network, "Failed to get existing workspaces",
             "Get \"https://10.0.0.1/api\": dial tcp 10.0.0.1:443: connect: connection refused"},
        Case{ErrorClass::Network, "x", "lookup ec2.eu-central-1.amazonaws.com: no such host"},
        Case{ErrorClass::Network, "x", "net/http: TLS handshake timeout"},
        Case{ErrorClass::Network, "local-exec provisioner error",
             "Error running command 'curl': exit status 7. Output: curl: (7) Couldn't connect to server"},
        Case{ErrorClass::Network, "x", "The requested URL returned error: 503"},
        Case{ErrorClass::Configuration, "Invalid value for variable", "no such region"},
        Case{ErrorClass::Configuration, "Unsupported argument", "An argument named \"x\" is not expected here."},
        Case{ErrorClass::Configuration, "No value for required variable", ""},
        Case{ErrorClass::Configuration, "x", "The requested URL returned error: 422"},
        Case{ErrorClass::Lock, "Error acquiring the state lock", "the state is already locked by another client"},
        Case{ErrorClass::StalePlan, "Saved plan is stale", "The given plan file can no longer be applied"},
        Case{ErrorClass::Other,
             "secrets is forbidden: User \"system:serviceaccount:causeway-run-1:terraform-run\" cannot "
             "list resource \"secrets\" in API group \"\"",
             ""},
        Case{ErrorClass::Other, "Provider produced inconsistent result after apply", ""}));

TEST(ErrorClass, ACommandsTextIsNotItsOutput) {
  // The command that ran mentions a quota and a token; what went wrong is the connection.
  EXPECT_EQ(classify(error("local-exec provisioner error",
                           "Error running command 'set-quota --no-valid-credential': exit status 7. Output: curl: (7) "
                           "Couldn't connect to server")),
            ErrorClass::Network);
}

TEST(ErrorClass, OfSeveralTheOneThatRetryingCannotCure) {
  EXPECT_EQ(classify(std::vector{error("a", "connection refused"), error("b", "AuthFailure")}),
            ErrorClass::Authentication);
  EXPECT_EQ(classify(std::vector{error("unknown"), error("b", "i/o timeout")}), ErrorClass::Network);
  auto warning = error("quota");
  warning.severity = crds::Severity::Warning;
  EXPECT_EQ(classify(std::vector{warning}), ErrorClass::None);
  EXPECT_EQ(classify(std::vector<crds::Diagnostic>{}), ErrorClass::None);
}

TEST(ErrorClass, ExplainsWithoutBoilerplate) {
  EXPECT_EQ(
      explain({error("Invalid value for variable",
                     "There is no region \"mars\".\n\nThis was checked by the validation rule at main.tf:3,3-13.")}),
      "There is no region \"mars\".");
  auto refused =
      error("local-exec provisioner error",
            "Error running command 'curl --unix-socket x': exit status 22. Output: {\"detail\":\"no room\"}\n");
  refused.address = "terraform_data.cluster";
  EXPECT_EQ(explain({refused}), "terraform_data.cluster: local-exec provisioner error: {\"detail\":\"no room\"}");
  EXPECT_EQ(explain({error("only a summary")}), "only a summary");
  EXPECT_EQ(explain({}), "");
}

TEST(ErrorClass, TerminalIsWhatRetryingCannotCure) {
  for (auto c : {ErrorClass::Authentication, ErrorClass::Quota, ErrorClass::Configuration, ErrorClass::StateLost}) {
    EXPECT_TRUE(is_terminal(c));
  }
  for (auto c : {ErrorClass::None, ErrorClass::Throttling, ErrorClass::Network, ErrorClass::Lock, ErrorClass::StalePlan,
                 ErrorClass::Other}) {
    EXPECT_FALSE(is_terminal(c));
  }
}

}  // namespace
}  // namespace causeway::op::terraform
