#include "tests/integration/gateway/real_gateway.hpp"

#include <csignal>
#include <cstdlib>
#include <system_error>

namespace causeway::api {

std::string program_of(const char* variable, const std::string& name) {
  if (const char* named = std::getenv(variable)) return std::filesystem::exists(named) ? named : "";
  if (auto found = base::find_program(name)) return *found;
  const std::string of_root = "/usr/sbin/" + name;
  return std::filesystem::exists(of_root) ? of_root : "";
}

Started::Started(std::vector<std::string> argv, const std::filesystem::path& log,
                 const std::function<void()>& connect) {
  base::ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.out = spec.err = base::ProcessSpec::Stream::kFile;
  spec.out_file = spec.err_file = log;
  spec.parent_death_signal = SIGKILL;
  auto spawned = base::Process::spawn(spec);
  if (!spawned) throw std::runtime_error(spawned.error().message);
  process_.emplace(std::move(*spawned));
  for (int patience = 600;; --patience) {
    try {
      connect();
      return;
    } catch (const std::system_error& e) {
      const auto ended = process_->wait(std::chrono::milliseconds(50));
      if (ended || patience == 0)
        throw std::runtime_error("the gateway does not answer: " + base::read_file(log).value_or(e.what()));
    }
  }
}

}  // namespace causeway::api
