#include "kube/client/config.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace causeway;
  const auto config = kube::parse_kubeconfig(fuzz::text_of(data, size), {}, "/nonexistent");
  if (!config) {
    fuzz::require(!config.error().message.empty(), "what is refused is explained");
    return 0;
  }
  fuzz::require(base::parse_url(config->server).has_value(), "there is a server");
  fuzz::require(config->tls.cert_pem.empty() == config->tls.key_pem.empty(), "certificate and key come together");
  // What was understood can be handed on.
  const auto written = kube::write_kubeconfig("copy", config->server, config->tls.ca_pem, config->tls, "");
  const auto again = kube::parse_kubeconfig(written);
  fuzz::require(again.ok(), "a copy can be read");
  fuzz::require(again->server == config->server && again->tls.ca_pem == config->tls.ca_pem &&
                    again->tls.cert_pem == config->tls.cert_pem,
                "and is the same");
  return 0;
}
