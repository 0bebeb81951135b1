#pragma once
// A second API server beside the test's own: somebody else's cluster. The same script starts it and cleans up after it.

#include <optional>
#include <string>

#include "base/files.hpp"
#include "base/process.hpp"

namespace causeway::test {

class OtherApiServer {
 public:
  ~OtherApiServer() { stop(); }
  bool start();  // false, and why on stderr
  void stop();
  std::string kubeconfig() const { return folder_.path() / "kubeconfig"; }

 private:
  base::TemporaryDirectory folder_{"other-api-server"};
  std::optional<base::Process> process_;
};

}  // namespace causeway::test
