#include "operator/build/buildah.hpp"

#include <cstdlib>
#include <deque>
#include <iostream>

#include "base/files.hpp"
#include "base/process.hpp"
#include "operator/image_template/dockerfile.hpp"

extern char** environ;

namespace causeway::op::build {
namespace {

constexpr int kPushAttempts = 4;
constexpr std::size_t kKeptLines = 12;

BuildResult failed(BuildReason reason, std::string message) {
  return {{}, {}, reason, std::move(message)};
}

std::map<std::string, std::string> our_environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    if (const auto equals = text.find('='); equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

std::vector<std::string> buildah(const std::string& storage_driver, const std::string& command) {
  return {"buildah", "--storage-driver", storage_driver, command};
}

void add_certs(std::vector<std::string>& argv, const BuildahOptions& options) {
  std::error_code error;
  if (!options.registry_certs.empty() && std::filesystem::exists(options.registry_certs / "ca.crt", error)) {
    argv.emplace_back("--cert-dir");
    argv.push_back(options.registry_certs.string());
  }
}

std::string join(const std::deque<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

bool mentions_network(std::string_view text) {
  for (const auto words : {"connection refused", "no such host", "i/o timeout", "Temporary failure",
                           "network is unreachable", "no route to host", "TLS handshake timeout", "connection reset",
                           "EOF", "503 Service Unavailable", "502 Bad Gateway", "500 Internal Server Error",
                           "504 Gateway", "429 Too Many", "toomanyrequests", "context deadline exceeded"}) {
    if (text.find(words) != std::string_view::npos) return true;
  }
  return false;
}

bool about_registry(std::string_view text) {
  for (const auto words :
       {"pinging container registry", "reading manifest", "initializing source docker://", "reading blob",
        "copying system image", "trying to reuse blob", "fetching blob", "writing blob", "uploading manifest",
        "initiating layer upload", "happened during read", "Trying to pull"}) {
    if (text.find(words) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

BuildResult classify_bud_failure(std::string_view step, std::string_view last_lines) {
  if (about_registry(last_lines) && mentions_network(last_lines))
    return failed(BuildReason::RegistryUnavailable, "the base image cannot be pulled now:\n" + std::string(last_lines));
  if (last_lines.find("no space left on device") != std::string_view::npos)
    return failed(BuildReason::BuilderFailed, "the builder's disk is full:\n" + std::string(last_lines));
  return failed(
      BuildReason::DockerfileFailed,
      (step.empty() ? "the Dockerfile failed" : std::string(step) + " failed") + ":\n" + std::string(last_lines));
}

std::map<std::string, std::string> machine_args(const std::string& dockerfile_text,
                                                const std::map<std::string, std::string>& environment) {
  const auto declared = image_template::Dockerfile::parse(dockerfile_text).args();
  std::map<std::string, std::string> args;
  for (const char* name : {"SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
                           "GIT_SSL_CAINFO", "PIP_INDEX_URL", "NPM_CONFIG_REGISTRY"}) {
    const auto value = environment.find(name);
    if (value != environment.end() && declared.contains(name)) args.insert(*value);
  }
  // Docker predefines these: no declaration is needed, and they stay out of the image's history.
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}) {
    if (const auto value = environment.find(name); value != environment.end()) args.insert(*value);
  }
  return args;
}

std::string storage_driver(std::stop_token stop) {
  base::ProcessSpec process;
  process.argv = buildah("overlay", "info");
  base::RunOptions run;
  run.timeout = std::chrono::minutes(1);
  run.stop = std::move(stop);
  const auto ran = base::run(process, run);
  return ran && ran->status.success() ? "overlay" : "vfs";
}

BuildResult build_image(const BuildSpec& spec, const Context& context, const BuildahOptions& options) {
  auto text = base::read_file(context.dockerfile);
  if (!text) return failed(BuildReason::BuilderFailed, text.error().message);
  auto args = machine_args(*text, our_environment());
  for (const auto& [name, value] : spec.args) args[name] = value;

  base::ProcessSpec process;
  process.argv = buildah(options.storage_driver, "bud");
  process.argv.insert(process.argv.end(),
                      {"--isolation", "chroot", "--format", "oci", "--pull", "--layers=false", "--file",
                       context.dockerfile.string(), "--tag", spec.image + ":" + spec.tag});
  add_certs(process.argv, options);
  for (const auto& [name, value] : args) {
    process.argv.emplace_back("--build-arg");
    process.argv.push_back(name + "=" + value);
  }
  process.argv.insert(process.argv.end(), {"--label", "org.opencontainers.image.revision=" + spec.commit});
  process.argv.push_back(context.folder.string());
  process.out = base::ProcessSpec::Stream::kPipe;
  process.err = base::ProcessSpec::Stream::kPipe;

  std::string step;
  std::deque<std::string> lines;
  const auto on_line = [&](std::string_view line) {
    std::cout << line << std::endl;
    if (line.starts_with("STEP ")) {
      step = line;
      lines.clear();
      return;
    }
    lines.emplace_back(line.substr(0, 500));
    if (lines.size() > kKeptLines) lines.pop_front();
  };
  base::RunOptions run;
  run.timeout = options.timeout;
  run.stop = options.stop;
  run.max_output = 1;  // the lines are all we need
  run.on_out_line = on_line;
  run.on_err_line = on_line;
  auto ran = base::run(process, run);
  if (!ran) {
    if (ran.error().code == base::ErrorCode::kTimeout)
      return failed(BuildReason::Timeout,
                    "spec.build.timeout passed at " + (step.empty() ? "the start" : step) + ":\n" + join(lines));
    return failed(BuildReason::BuilderFailed, "buildah: " + ran.error().message);
  }
  if (ran->status.signal != 0)
    return failed(BuildReason::BuilderFailed, "buildah was " + ran->status.describe() + " at " + step);
  if (!ran->status.success()) return classify_bud_failure(step, join(lines));
  return {};
}

BuildResult push_image(const BuildSpec& spec, const BuildahOptions& options) {
  const std::string reference = spec.image + ":" + spec.tag;
  const auto digest_file = options.scratch / "digest";
  std::string last;
  for (int attempt = 1; attempt <= kPushAttempts; ++attempt) {
    base::ProcessSpec process;
    process.argv = buildah(options.storage_driver, "push");
    process.argv.insert(process.argv.end(), {"--compression-format", "zstd", "--digestfile", digest_file.string()});
    add_certs(process.argv, options);
    process.argv.insert(process.argv.end(), {reference, "docker://" + reference});
    process.out = base::ProcessSpec::Stream::kPipe;
    process.err = base::ProcessSpec::Stream::kPipe;
    base::RunOptions run;
    run.timeout = options.timeout;
    run.stop = options.stop;
    run.on_out_line = run.on_err_line = [](std::string_view line) { std::cout << line << std::endl; };
    auto ran = base::run(process, run);
    if (ran && ran->status.success()) {
      auto digest = base::read_file(digest_file);
      if (!digest) return failed(BuildReason::BuilderFailed, digest.error().message);
      while (!digest->empty() && (digest->back() == '\n' || digest->back() == ' ')) digest->pop_back();
      return {spec.image, *digest, BuildReason::None, {}};
    }
    if (!ran && ran.error().code == base::ErrorCode::kTimeout)
      return failed(BuildReason::Timeout, "spec.build.timeout passed while the image was pushed");
    last = ran ? ran->err.substr(ran->err.size() > 1000 ? ran->err.size() - 1000 : 0) : ran.error().message;
    if (options.stop.stop_requested()) break;
    if (attempt < kPushAttempts) {
      std::cout << "push failed, trying again" << std::endl;
      base::system_clock().sleep_for(std::chrono::seconds(2 * attempt), options.stop);
    }
  }
  return failed(BuildReason::RegistryUnavailable, "the image cannot be pushed to " + spec.image + ":\n" + last);
}

}  // namespace causeway::op::build
