#include "operator/build/job.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/core/codec.hpp"

namespace causeway::op::build {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

BuildSpec spec() {
  BuildSpec s;
  s.repository = "http://git.causeway-system.svc/ada/digits.git";
  s.commit = std::string(40, 'a');
  s.dockerfile = "FROM a:1\n";
  s.args = {{"BASE_PYTHON", "registry/x:1"}};
  s.image = "registry.causeway.internal/u-ada/digits";
  s.tag = "t";
  return s;
}

JobOptions options() {
  return {.ns = "causeway-builds",
          .builder_image = "registry.causeway.internal/causeway/builder:1",
          .demo_namespace = "u-ada",
          .demo_name = "digits",
          .demo_uid = "0000"};
}

kube::Object parse(const std::string& text) {
  return json::parse(text).get_object();
}

TEST(BuildId, DependsOnInputsAndTenantOnly) {
  const auto id = build_id(spec());
  EXPECT_EQ(id.size(), 16u);
  auto same = spec();
  same.tag = "other";
  same.timeout_seconds = 1;
  same.address = "https://git.causeway-system.svc/ada/digits.git";
  EXPECT_EQ(build_id(same), id);
  for (auto change : std::vector<void (*)(BuildSpec&)>{
           [](BuildSpec& s) { s.commit[0] = 'b'; }, [](BuildSpec& s) { s.repository += "x"; },
           [](BuildSpec& s) { s.path = "app"; }, [](BuildSpec& s) { s.dockerfile += "RUN x\n"; },
           [](BuildSpec& s) { s.args["A"] = "1"; }, [](BuildSpec& s) { s.image = "registry/u-eve/digits"; }}) {
    auto other = spec();
    change(other);
    EXPECT_NE(build_id(other), id);
  }
}

TEST(Job, NamesAreValidHoweverLongTheDemosIs) {
  const auto name = job_name("a-demo-with-a-name-of-forty-characters.-and-more", "0123456789abcdef");
  EXPECT_LE(name.size(), 63u);
  EXPECT_EQ(name, "a-demo-with-a-name-of-forty-characters-0123456789abcdef");
  EXPECT_EQ(job_name("digits", "0123456789abcdef"), "digits-0123456789abcdef");
}

TEST(Job, IsAPlainPodWithoutToken) {
  const auto job = job_for(spec(), options());
  EXPECT_EQ(kube::name_of(job), "digits-" + build_id(spec()));
  EXPECT_EQ(kube::namespace_of(job), "causeway-builds");
  const auto* pod = kube::object_at(job, "spec.template.spec");
  ASSERT_NE(pod, nullptr);
  EXPECT_FALSE(kube::bool_at(*pod, "automountServiceAccountToken", true));
  EXPECT_EQ(kube::string_at(*pod, "restartPolicy"), "Never");
  const auto* containers = kube::array_at(*pod, "containers");
  ASSERT_NE(containers, nullptr);
  ASSERT_EQ(containers->size(), 1u);
  const auto& container = containers->at(0).get_object();
  EXPECT_FALSE(kube::bool_at(container, "securityContext.privileged", true));
  EXPECT_EQ(container.at("command"), json::parse(R"(["causeway-operator","build-run"])"));
  EXPECT_EQ(container.at("volumeMounts").as_array().size(), 6u);
  const auto* volumes = kube::array_at(*pod, "volumes");
  ASSERT_NE(volumes, nullptr);
  for (const auto& volume : *volumes) {
    EXPECT_FALSE(volume.get_object().contains("hostPath"));
    EXPECT_FALSE(volume.get_object().contains("persistentVolumeClaim"));
  }
  EXPECT_EQ(kube::int_at(job, "spec.activeDeadlineSeconds"), 1860);
}

TEST(Job, CarriesItsInputsInAFileOfThePod) {
  const auto job = job_for(spec(), options());
  const auto* annotations = kube::object_at(job, "spec.template.metadata.annotations");
  ASSERT_NE(annotations, nullptr);
  const auto text = annotations->at(kSpecAnnotation).as_string();
  const auto read = kube::from_json<BuildSpec>(json::parse(text));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, spec());
  const auto* volumes = kube::array_at(job, "spec.template.spec.volumes");
  const auto& items = volumes->at(0).at("downwardAPI").at("items");
  ASSERT_TRUE(items.is_array());
  EXPECT_EQ(items.at(0).at("fieldRef").at("fieldPath"), "metadata.annotations['causeway.dev/build-spec']");
}

TEST(Job, ItsTokenReadsItsRepositoryAndNothingElse) {
  auto told = spec();
  told.address = "https://git.causeway-system.svc/ada/digits.git";
  const auto job = job_for(told, options());
  EXPECT_EQ(kube::string_at(job, "spec.template.spec.serviceAccountName"), "build");
  EXPECT_FALSE(kube::bool_at(job, "spec.template.spec.automountServiceAccountToken", true)) << "none for Kubernetes";
  std::size_t tokens = 0;
  for (const auto& volume : *kube::array_at(job, "spec.template.spec.volumes")) {
    const auto* projected = volume.get_object().if_contains("projected");
    if (!projected) continue;
    ++tokens;
    const auto& sources = projected->at("sources").as_array();
    ASSERT_EQ(sources.size(), 1u);
    const auto& token = sources[0].at("serviceAccountToken");
    EXPECT_EQ(token.at("audience"), "git.causeway.dev/ada/digits");
    EXPECT_EQ(token.at("expirationSeconds"), 600);
  }
  EXPECT_EQ(tokens, 1u);
}

TEST(Job, CarriesTheGitServersAuthorityWhereThereIsOne) {
  const auto plain = job_for(spec(), options());
  EXPECT_EQ(json::serialize(plain).find("git-ca"), std::string::npos) << "an earlier builder knows no such flag";
  auto told = options();
  told.git_ca_pem = "PEM\n";
  const auto job = job_for(spec(), told);
  EXPECT_EQ(kube::object_at(job, "spec.template.metadata.annotations")->at(kGitCaAnnotation), "PEM\n");
  const auto& items = kube::array_at(job, "spec.template.spec.volumes")->at(0).at("downwardAPI").at("items");
  EXPECT_EQ(items.at(1).at("path"), "git-ca.crt");
  EXPECT_EQ(items.at(1).at("fieldRef").at("fieldPath"), "metadata.annotations['causeway.dev/git-ca']");
  const auto& arguments = kube::array_at(job, "spec.template.spec.containers")->at(0).at("args").as_array();
  EXPECT_EQ(arguments.back(), "--git-ca=/run/causeway/build/git-ca.crt");
}

TEST(Job, TerminalExitCodesEndItAtOnce) {
  const auto job = job_for(spec(), options());
  const auto* rules = kube::array_at(job, "spec.podFailurePolicy.rules");
  ASSERT_NE(rules, nullptr);
  ASSERT_EQ(rules->size(), 2u);
  EXPECT_EQ(rules->at(0).at("action"), "FailJob");
  EXPECT_EQ(rules->at(0).at("onExitCodes").at("values"), json::parse("[1]"));
  EXPECT_EQ(rules->at(1).at("onPodConditions"), json::parse(R"([{"type":"DisruptionTarget","status":"True"}])"));
}

TEST(JobView, SucceededWithTheDigestOfThePod) {
  const auto job = parse(R"({"status":{"startTime":"2026-11-24T10:00:00Z","completionTime":"2026-11-24T10:01:00Z",
      "conditions":[{"type":"Complete","status":"True"}]}})");
  const auto pod = parse(R"({"metadata":{"name":"p1","creationTimestamp":"2026-11-24T10:00:00Z"},
      "status":{"phase":"Succeeded","containerStatuses":[{"name":"build","state":{"terminated":{"exitCode":0,
      "message":"{\"image\":\"r/x\",\"digest\":\"sha256:ab\",\"reason\":\"None\",\"message\":\"\"}"}}}]}})");
  const auto view = view_of(job, {pod});
  EXPECT_EQ(view.phase, JobView::Phase::kSucceeded);
  EXPECT_EQ(view.result.digest, "sha256:ab");
  EXPECT_EQ(view.pod, "p1");
  EXPECT_EQ(view.finished_at, "2026-11-24T10:01:00Z");
  EXPECT_EQ(view_of(job, {}).result.digest, "") << "without its pods only the registry knows";
}

TEST(JobView, FailedSaysWhy) {
  const auto job =
      parse(R"({"status":{"conditions":[{"type":"FailureTarget","status":"True","reason":"PodFailurePolicy"},
      {"type":"Failed","status":"True","reason":"PodFailurePolicy","lastTransitionTime":"2026-11-24T10:02:00Z"}]}})");
  const auto pod = parse(R"({"metadata":{"name":"p2"},"status":{"phase":"Failed","containerStatuses":[{"name":"build",
      "state":{"terminated":{"exitCode":1,"reason":"Error",
      "message":"{\"reason\":\"DockerfileFailed\",\"message\":\"STEP 2/3: RUN false failed\"}"}}}]}})");
  const auto view = view_of(job, {pod});
  EXPECT_EQ(view.phase, JobView::Phase::kFailed);
  EXPECT_EQ(view.result.reason, BuildReason::DockerfileFailed);
  EXPECT_THAT(view.result.message, HasSubstr("RUN false"));
  EXPECT_EQ(view.finished_at, "2026-11-24T10:02:00Z");
}

TEST(Job, CarriesTheTraceItIsPartOf) {
  JobOptions options;
  const auto plain = job_for({}, options);
  EXPECT_EQ(kube::array_at(plain, "spec.template.spec.containers")->at(0).at("env").as_array().size(), 0u);
  EXPECT_EQ(kube::annotation_of(plain, "causeway.dev/traceparent"), "");
  options.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  options.tracing_endpoint = "http://collector:4318";
  const auto traced = job_for({}, options);
  EXPECT_EQ(kube::annotation_of(traced, "causeway.dev/traceparent"), options.traceparent);
  EXPECT_EQ(kube::array_at(traced, "spec.template.spec.containers")->at(0).at("env"),
            boost::json::parse(R"([{"name":"OTEL_EXPORTER_OTLP_ENDPOINT","value":"http://collector:4318"},
                                   {"name":"TRACEPARENT","value":")" +
                               options.traceparent + R"("}])"));
}

TEST(JobView, APodThatDiedWithoutAWord) {
  const auto job =
      parse(R"({"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}})");
  const auto pod = parse(R"({"metadata":{"name":"p"},"status":{"phase":"Failed","containerStatuses":[{"name":"build",
      "state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}})");
  const auto view = view_of(job, {pod});
  EXPECT_EQ(view.result.reason, BuildReason::BuilderFailed);
  EXPECT_THAT(view.result.message, HasSubstr("OOMKilled"));
  EXPECT_TRUE(is_transient(view.result.reason));
}

TEST(JobView, TheDeadlineIsATimeout) {
  const auto job =
      parse(R"({"status":{"conditions":[{"type":"Failed","status":"True","reason":"DeadlineExceeded"}]}})");
  EXPECT_EQ(view_of(job, {}).result.reason, BuildReason::Timeout);
}

TEST(JobView, WaitingSaysForWhat) {
  const auto job = parse(R"({"status":{}})");
  EXPECT_EQ(view_of(job, {}).phase, JobView::Phase::kWaiting);
  EXPECT_EQ(view_of(job, {}).message, "the build is queued");
  const auto pulling =
      parse(R"({"metadata":{"name":"p"},"status":{"phase":"Pending","containerStatuses":[{"name":"build",
      "state":{"waiting":{"reason":"ImagePullBackOff","message":"not found"}}}]}})");
  EXPECT_THAT(view_of(job, {pulling}).message, HasSubstr("ImagePullBackOff: not found"));
  const auto no_node = parse(R"({"metadata":{"name":"p"},"status":{"phase":"Pending","conditions":[
      {"type":"PodScheduled","status":"False","message":"0/1 nodes are available"}]}})");
  EXPECT_THAT(view_of(job, {no_node}).message, HasSubstr("0/1 nodes"));
  const auto running = parse(R"({"metadata":{"name":"p"},"status":{"phase":"Running"}})");
  EXPECT_EQ(view_of(job, {running}).phase, JobView::Phase::kRunning);
  // Nobody is to be told that a build waits which has just ended.
  const auto ended = parse(R"({"metadata":{"name":"p"},"status":{"phase":"Succeeded"}})");
  EXPECT_EQ(view_of(job, {ended}).phase, JobView::Phase::kRunning);
  const auto failed = [](const std::string& reason) {
    return parse(R"({"metadata":{"name":"p"},"status":{"phase":"Failed","containerStatuses":[{"name":"build",
      "state":{"terminated":{"exitCode":1,"message":"{\"reason\":\")" +
                 reason + R"(\"}"}}}]}})");
  };
  EXPECT_EQ(view_of(job, {failed("DockerfileFailed")}).phase, JobView::Phase::kRunning);
  EXPECT_EQ(view_of(job, {failed("RegistryUnavailable")}).phase, JobView::Phase::kWaiting);
  EXPECT_THAT(view_of(job, {failed("RegistryUnavailable")}).message, HasSubstr("tried again"));
}

TEST(TerminationLog, FitsAndStaysJson) {
  BuildResult result{"r/x", {}, BuildReason::DockerfileFailed, std::string(20'000, '"')};
  result.message.replace(0, 5, "begin");
  const auto text = to_termination_log(result);
  EXPECT_LE(text.size(), 4096u);
  const auto read = kube::from_json<BuildResult>(json::parse(text));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->reason, BuildReason::DockerfileFailed);
  EXPECT_TRUE(read->message.starts_with("begin"));
}

}  // namespace
}  // namespace causeway::op::build
