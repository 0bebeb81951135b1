#include "operator/build/git_environment.hpp"

#include <cstdlib>

#include "base/files.hpp"

namespace causeway::op::build {
namespace {

std::string shell_quote(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

base::Result<std::string> write_script(const std::filesystem::path& scratch, const std::string& user,
                                       const std::string& password) {
  const auto script = scratch / "askpass";
  auto written = base::write_file_atomic(
      script, "#!/bin/sh\ncase $1 in Username*) " + user + " ;; *) " + password + " ;; esac\n", 0700);
  if (!written) return written.error();
  return script.string();
}

}  // namespace

base::Result<std::string> write_token_askpass(const std::filesystem::path& scratch, const std::string& audience,
                                              const std::filesystem::path& token) {
  return write_script(scratch, "printf %s " + shell_quote(audience), "cat " + shell_quote(token.string()));
}

base::Result<std::string> write_askpass(const std::filesystem::path& scratch,
                                        const std::filesystem::path& credentials) {
  const auto file = [&](const char* name) { return shell_quote((credentials / name).string()); };
  return write_script(scratch, "cat " + file("username"), "cat " + file("password"));
}

std::map<std::string, std::string> git_environment(const std::string& askpass) {
  const char* path = std::getenv("PATH");
  std::map<std::string, std::string> env{{"PATH", path ? path : "/usr/local/bin:/usr/bin:/bin"},
                                         {"HOME", "/nonexistent"},
                                         {"LC_ALL", "C.UTF-8"},
                                         {"GIT_CONFIG_NOSYSTEM", "1"},
                                         {"GIT_CONFIG_GLOBAL", "/dev/null"},
                                         {"GIT_TERMINAL_PROMPT", "0"},
                                         {"GIT_ASKPASS", askpass}};
  for (const char* name : {"SSL_CERT_FILE", "GIT_SSL_CAINFO", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy",
                           "http_proxy", "no_proxy"}) {
    if (const char* value = std::getenv(name)) env[name] = value;
  }
  return env;
}

}  // namespace causeway::op::build
