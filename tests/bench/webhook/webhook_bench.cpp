// What a webhook costs a write: 200 changes of Demos a second through a real API server that asks the webhooks about
// each one twice (defaults, validation), and beside them reviews sent as the API server sends them, timed one by one.
//
// The webhooks run in this process; API server, etcd and load share the machine. Prints one line of JSON.

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <thread>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "crds/demo/demo.hpp"
#include "tests/bench/paced.hpp"
#include "webhooks/service.hpp"

namespace causeway::bench {
namespace {

using namespace std::chrono_literals;
using kube::Object;

constexpr kube::ResourceType kValidating{"admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration",
                                         "validatingwebhookconfigurations", false};
constexpr kube::ResourceType kMutating{"admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration",
                                       "mutatingwebhookconfigurations", false};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

template <class R>
void need(const R& result, const std::string& what) {
  if (!result) fail(what + ": " + result.error().message);
}

struct Options {
  std::string kubeconfig, ns = "bench-webhook";
  int demos = 1000, rate = 200, seconds = 30, writers = 8;
};

Object demo(const Options& options, int n) {
  Object object = kube::make_object(crds::Demo::kResource, options.ns, "d" + std::to_string(n));
  object["spec"] = {{"repoRef", Object{{"name", "digits"}}},
                    {"templateRef", Object{{"family", "python"}}},
                    {"placement", Object{{"regions", kube::json::array{"local-1"}}}}};
  return object;
}

Object configuration(const Options& options, const kube::ResourceType& type, const std::string& url) {
  Object object = kube::make_object(type, "", options.ns);
  object["webhooks"] =
      kube::json::array{Object{{"name", "demos.causeway.dev"},
                               {"admissionReviewVersions", kube::json::array{"v1"}},
                               {"sideEffects", "None"},
                               {"failurePolicy", "Fail"},
                               {"clientConfig", Object{{"url", url}}},
                               {"rules", kube::json::array{Object{{"apiGroups", kube::json::array{"causeway.dev"}},
                                                                  {"apiVersions", kube::json::array{"v1alpha1"}},
                                                                  {"operations", kube::json::array{"CREATE", "UPDATE"}},
                                                                  {"resources", kube::json::array{"demos"}}}}}}};
  return object;
}

std::string review(const Object& object) {
  return kube::json::serialize(
      Object{{"kind", "AdmissionReview"},
             {"apiVersion", "admission.k8s.io/v1"},
             {"request", Object{{"uid", base::uuid4()},
                                {"kind", Object{{"group", "causeway.dev"}, {"version", "v1alpha1"}, {"kind", "Demo"}}},
                                {"operation", "UPDATE"},
                                {"namespace", kube::namespace_of(object)},
                                {"name", kube::name_of(object)},
                                {"object", object},
                                {"oldObject", object}}}});
}

template <class F>
void until(F done, const std::string& what) {
  for (int i = 0; i < 1200; ++i) {
    if (done()) return;
    std::this_thread::sleep_for(50ms);
  }
  fail("waited for a minute: " + what);
}

// The bound, in milliseconds, of the histogram's bucket that 99 % of the reviews are in: from the body being there to
// the answer being made, without network and waiting.
double judged_p99(const std::string& metrics) {
  std::istringstream lines(metrics);
  std::vector<std::pair<double, double>> buckets;  // bound, reviews
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("controller_runtime_webhook_latency_seconds_bucket") ||
        line.find(webhooks::kValidatePath) == line.npos) {
      continue;
    }
    const auto bound = line.find("le=\"") + 4;
    buckets.emplace_back(std::strtod(line.c_str() + bound, nullptr),
                         std::strtod(line.c_str() + line.rfind(' '), nullptr));
  }
  for (const auto& [bound, reviews] : buckets) {
    if (reviews >= 0.99 * buckets.back().second) return 1000 * bound;
  }
  return 0;
}

void measure(const Options& options, kube::Client& client, const kube::ClientConfig& config, std::uint16_t port,
             base::MetricsRegistry& metrics) {
  Paced writes, reviews;
  std::atomic<int> refused = 0;
  const auto sample = client.get(crds::Demo::kResource, options.ns, "d0");
  need(sample, "the first demo");
  std::jthread sampler([&] {
    base::HttpClientOptions to;
    to.base_url = "https://127.0.0.1:" + std::to_string(port);
    to.tls.insecure_skip_verify = true;
    base::HttpClient http(to);
    const std::string body = review(*sample);
    // Tells how long one takes beside the load, and is a tenth of it at most.
    reviews.run(std::max(1, options.rate / 10), options.seconds, 1, [&](int) {
      auto answer = http.call({.method = "POST",
                               .target = webhooks::kValidatePath,
                               .headers = {{"Content-Type", "application/json"}},
                               .body = body});
      if (!answer || answer->status != 200) ++refused;
    });
  });
  writes.run(options.rate, options.seconds, options.writers, [&](int n) {
    thread_local kube::Client own(config);
    auto done = own.patch(crds::Demo::kResource, options.ns, "d" + std::to_string(n % options.demos),
                          kube::PatchType::kMerge, {{"spec", Object{{"revision", "r" + std::to_string(n)}}}});
    if (!done) ++refused;
  });
  sampler.join();
  std::cout << kube::json::serialize(Object{{"demos", options.demos},
                                            {"writesPerSecond", options.rate},
                                            {"writes", writes.count()},
                                            {"failed", refused.load()},
                                            {"judgedP99", judged_p99(metrics.render())},
                                            {"reviewP50", reviews.percentile(0.5)},
                                            {"reviewP99", reviews.percentile(0.99)},
                                            {"writeP50", writes.percentile(0.5)},
                                            {"writeP99", writes.percentile(0.99)}})
            << "\n";
}

void run(const Options& options) {
  base::log::set_level(base::log::Level::kError);
  auto config = kube::default_config(options.kubeconfig);
  need(config, "kubeconfig");
  kube::Client client(*config);
  need(client.create(kube::resources::kNamespace, kube::make_object(kube::resources::kNamespace, "", options.ns)),
       "namespace");
  need(client.create(kube::resources::kSecret, kube::make_object(kube::resources::kSecret, options.ns, "authority")),
       "Secret");
  webhooks::ServiceOptions service_options;
  service_options.server.listen = "127.0.0.1:0";
  service_options.certificates.ns = options.ns;
  service_options.certificates.secret = "authority";
  service_options.certificates.validating = service_options.certificates.mutating = options.ns;
  service_options.certificates.ip_addresses = {"127.0.0.1"};
  kube::Manager manager({.name = "webhook-bench", .config = *config, .leader = {}, .listen = ""});
  const webhooks::Service service(manager, service_options);
  std::jthread running([&](const std::stop_token& stop) { (void)manager.run(stop); });
  until([&] { return service.port() != 0; }, "the webhooks to be served");
  const std::string url = "https://127.0.0.1:" + std::to_string(service.port());
  need(client.create(kMutating, configuration(options, kMutating, url + webhooks::kMutatePath)), "configuration");
  need(client.create(kValidating, configuration(options, kValidating, url + webhooks::kValidatePath)), "configuration");
  until([&] { return service.ready().ok(); }, "the webhooks to be trusted");
  until([&] { return client.create(crds::Demo::kResource, demo(options, 0)).ok(); }, "the first demo");
  for (int n = 1; n < options.demos; ++n) need(client.create(crds::Demo::kResource, demo(options, n)), "demo");
  measure(options, client, *config, service.port(), manager.metrics());
  (void)client.remove(kMutating, "", options.ns);
  (void)client.remove(kValidating, "", options.ns);
}

}  // namespace
}  // namespace causeway::bench

int main(int argc, char** argv) {
  causeway::bench::Options options;
  CLI::App app("Measures the admission webhooks under a fixed rate of writes.");
  app.add_option("--kubeconfig", options.kubeconfig, "of an API server with the CRDs")->required();
  app.add_option("--demos", options.demos, "Demos that are there")->capture_default_str();
  app.add_option("--rate", options.rate, "writes a second")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    causeway::bench::run(options);
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 1;
  }
}
