#pragma once
// A gateway as a process of its own. Everything goes to one service behind it, and /auth/forward is asked before:
//
//   /            annotated
//   /private/…   for users; a browser that opens a page is sent to sign in
//
// Sessions are renewed.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/files.hpp"
#include "base/process.hpp"
#include "base/test_sockets.hpp"

namespace causeway::api {

class RealGateway {
 public:
  virtual ~RealGateway() = default;
  virtual base::test::RawSocket connect() = 0;

  struct Kind {
    const char* name;
    std::string (*missing)();  // why it cannot run here; "" when it can
    std::unique_ptr<RealGateway> (*start)(std::uint16_t api, std::uint16_t upstream);
  };
};
extern const RealGateway::Kind kTraefik, kNginx;

// The program that an environment variable names, or of the PATH; "" where there is none.
std::string program_of(const char* variable, const std::string& name);
std::string traefik_program();  // also what onebox/build.sh gateway has built

// A process whose output is in a file, until somebody can connect to it. std::runtime_error: it ended, and what it
// said.
class Started {
 public:
  Started(std::vector<std::string> argv, const std::filesystem::path& log, const std::function<void()>& connect);

 private:
  std::optional<base::Process> process_;
};

}  // namespace causeway::api
