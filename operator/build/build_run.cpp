#include "operator/build/build_run.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/otlp.hpp"
#include "base/shutdown.hpp"
#include "base/trace.hpp"
#include "kube/core/codec.hpp"
#include "operator/build/buildah.hpp"
#include "operator/build/context.hpp"
#include "operator/build/git_fetch.hpp"

namespace causeway::op::build {
namespace {

base::Result<BuildSpec> load_spec(const std::string& file) {
  auto text = base::read_file(file);
  if (!text) return text.error();
  boost::json::error_code error;
  const auto value = boost::json::parse(*text, error);
  if (error) return base::Error{base::ErrorCode::kInvalidArgument, file + ": not JSON: " + error.message()};
  auto spec = kube::from_json<BuildSpec>(value);
  if (!spec) return base::Error{base::ErrorCode::kInvalidArgument, file + ": " + spec.error().message};
  return *spec;
}

// A step as a span; without a parent, of the one it is a step of.
template <class Step>
BuildResult traced(const char* name, const std::optional<base::trace::Context>& parent, Step step) {
  base::trace::Span span(name, parent);
  auto result = step();
  if (result.reason != BuildReason::None) span.fail(result.message);
  return result;
}

}  // namespace

BuildResult run_build(const BuildSpec& spec, const RunPaths& paths, std::stop_token stop) {
  const auto& clock = base::system_clock();
  const auto deadline = clock.steady() + std::chrono::seconds(spec.timeout_seconds);
  const auto left = [&] { return std::max<base::Duration>(deadline - clock.steady(), std::chrono::seconds(1)); };
  const auto checkout = paths.work / "source", scratch = paths.work / "scratch";
  std::error_code error;
  std::filesystem::create_directories(scratch, error);
  if (error) return {{}, {}, BuildReason::BuilderFailed, scratch.string() + ": " + error.message()};

  std::cout << "Fetching " << spec.commit << " of " << spec.repository << std::endl;
  const base::Duration fetch_time = std::min<base::Duration>(left(), std::chrono::minutes(10));
  auto result = traced("fetch", {}, [&] {
    return fetch_commit(spec.address.empty() ? spec.repository : spec.address, spec.commit, checkout,
                        {.credentials = paths.git_credentials,
                         .token = paths.git_token,
                         .audience = git_audience(spec.repository),
                         .ca = paths.git_ca,
                         .scratch = scratch,
                         .timeout = fetch_time,
                         .stop = stop});
  });
  if (result.reason != BuildReason::None) return result;

  Context context;
  result = prepare_context(spec, checkout, scratch, context);
  if (result.reason != BuildReason::None) return result;

  BuildahOptions buildah{.registry_certs = paths.registry_certs,
                         .scratch = scratch,
                         .storage_driver = storage_driver(stop),
                         .timeout = left(),
                         .stop = stop};
  if (buildah.storage_driver == "vfs")
    std::cout << "Slower: overlay cannot be mounted here, so images are copied for each layer" << std::endl;
  std::cout << "Building " << spec.image << ":" << spec.tag << std::endl;
  result = traced("build image", {}, [&] { return build_image(spec, context, buildah); });
  if (result.reason != BuildReason::None) return result;

  std::cout << "Pushing " << spec.image << ":" << spec.tag << std::endl;
  buildah.timeout = left();
  result = traced("push image", {}, [&] { return push_image(spec, buildah); });
  if (result.reason == BuildReason::None) std::cout << "Pushed " << spec.image << "@" << result.digest << std::endl;
  return result;
}

int build_run_main(int argc, char** argv) {
  base::ShutdownSignal shutdown;
  CLI::App app{"Inside a build's pod: fetches a commit, builds its image and pushes it"};
  app.name("causeway-operator build-run");
  std::string spec_file, certs, credentials, token, git_ca, work = "/tmp/build",
                                                            termination_log = "/dev/termination-log";
  app.add_option("--spec", spec_file, "JSON of what to build")->required();
  app.add_option("--registry-certs", certs, "folder with the registry's ca.crt");
  app.add_option("--git-credentials", credentials, "folder with the files username and password");
  app.add_option("--git-token", token, "file with a ServiceAccount's token that is bound to the repository");
  app.add_option("--git-ca", git_ca, "file with the authority of the git server, where not every machine trusts it");
  app.add_option("--work", work, "folder for checkout and scratch files; must be empty or absent")
      ->capture_default_str();
  app.add_option("--termination-log", termination_log, "where the result goes, as JSON")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  base::MetricsRegistry metrics;  // nobody asks a Job for them
  auto exporter = base::trace::export_from_environment("causeway-build", metrics);
  const char* traceparent = std::getenv("TRACEPARENT");
  const auto result = traced("build", base::trace::parse_traceparent(traceparent ? traceparent : ""), [&] {
    auto spec = load_spec(spec_file);
    if (!spec) return BuildResult{{}, {}, BuildReason::BuilderFailed, spec.error().message};
    return run_build(
        *spec,
        {.registry_certs = certs, .git_credentials = credentials, .git_token = token, .git_ca = git_ca, .work = work},
        shutdown.token());
  });
  exporter.reset();  // sends what it has, before the pod's end
  if (result.reason != BuildReason::None) std::cout << "FAILED: " << result.message << std::endl;
  // Written in place: the file is a mount of the kubelet's.
  std::ofstream(termination_log, std::ios::trunc) << to_termination_log(result);
  if (result.reason == BuildReason::None) return 0;
  return is_transient(result.reason) ? kExitTransient : kExitTerminal;
}

}  // namespace causeway::op::build
