#pragma once
// ClamAV's daemon with a signature of ours: the distribution's program, which needs no other database.

#include <csignal>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "apiserver/malware/clamd.hpp"
#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "tests/integration/database/database_fixture.hpp"
#include "tests/integration/unpacked_program.hpp"

namespace causeway::api::test {

// The program; nullptr: ./causeway test integration names it.
inline const char* clamd_program() {
  const char* named = std::getenv("CAUSEWAY_CLAMD");
  return named && *named ? named : nullptr;
}

class ClamDaemon {
 public:
  static constexpr std::string_view kMalware = "Causeway's test of what looks for malware: this is some.";
  static constexpr std::string_view kName = "Causeway.Test.UNOFFICIAL";  // as it calls signatures of others

  ClamDaemon() {
    std::filesystem::create_directory(folder_.path() / "database");
    write("database/test.ndb", "Causeway.Test:0:*:" + base::hex_encode(kMalware) + "\n");
    // As manifests/addons/malware-scanner has it.
    auto settings = base::read_file(CAUSEWAY_SOURCE_DIR "/manifests/addons/malware-scanner/clamd.conf").value();
    const auto database = (folder_.path() / "database").string();
    for (const auto& [there, here] :
         {std::pair("TemporaryDirectory /tmp", "TemporaryDirectory " + folder_.path().string()),
          std::pair("LocalSocket /run/clamd/socket", "LocalSocket " + socket()),
          std::pair("DatabaseDirectory /var/lib/clamav", "DatabaseDirectory " + database)}) {
      settings.replace(settings.find(there), std::string_view(there).size(), here);
    }
    write("clamd.conf", settings);
    start();
  }

  std::string socket() const { return (folder_.path() / "socket").string(); }
  void stop() { process_.reset(); }
  void start() {
    base::ProcessSpec spec;
    const std::filesystem::path program = clamd_program();
    spec.argv = {"env", "LD_LIBRARY_PATH=" + causeway::test::libraries_of(program), program, "--config-file",
                 (folder_.path() / "clamd.conf").string()};
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = spec.err_file = (folder_.path() / "log").string();
    spec.parent_death_signal = SIGKILL;
    process_ = base::Process::spawn(spec).value();
    if (!database::eventually([this] { return answers(); }))
      throw std::runtime_error("clamd does not answer: " + base::read_file(folder_.path() / "log").value_or(""));
  }

 private:
  void write(const std::string& name, const std::string& content) const {
    if (auto written = base::write_file_atomic(folder_.path() / name, content, 0644); !written)
      throw std::runtime_error(written.error().message);
  }
  bool answers() const {
    auto clamd = malware::Clamd::connect({.socket = socket()});
    return clamd && clamd->begin() && clamd->finish();
  }

  base::TemporaryDirectory folder_{"causeway-clamd"};
  std::optional<base::Process> process_;
};

}  // namespace causeway::api::test
