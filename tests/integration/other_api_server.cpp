#include "tests/integration/other_api_server.hpp"

#include <filesystem>

#include "tests/integration/kube_fixture.hpp"

namespace causeway::test {

using namespace std::chrono_literals;

bool OtherApiServer::start() {
  base::ProcessSpec spec;
  // Lives until its standard input ends: when it is told to stop, and when this process dies.
  spec.argv = {CAUSEWAY_SOURCE_DIR "/tests/integration/apiserver.sh", "bash", "-c",
               R"(cp "$CAUSEWAY_TEST_KUBECONFIG" "$0.new" && mv "$0.new" "$0" && cat >/dev/null)", kubeconfig()};
  spec.in = base::ProcessSpec::Stream::kPipe;
  auto started = base::Process::spawn(spec);
  if (!started) return false;
  process_ = std::move(*started);
  return kube::eventually(
             [&] { return std::filesystem::exists(kubeconfig()) || process_->wait(base::Duration(0)).ok(); }, 60s) &&
         std::filesystem::exists(kubeconfig());
}

void OtherApiServer::stop() {
  if (!process_) return;
  process_->close_in();
  (void)process_->wait(30s);
  process_.reset();
}

}  // namespace causeway::test
