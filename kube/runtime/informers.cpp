#include "kube/runtime/informers.hpp"

#include <random>
#include <stdexcept>
#include <thread>

#include "kube/runtime/informer_driver.hpp"

namespace causeway::kube {

struct Informers::Impl {
  Impl(Client& c, const base::Clock& k, base::MetricsRegistry& m) : client(c), clock(k), metrics(m) {}

  struct Entry {
    std::type_index t;
    std::unique_ptr<InformerDriver> driver;
  };
  Client& client;
  const base::Clock& clock;
  base::MetricsRegistry& metrics;
  std::vector<Entry> entries;
  std::vector<std::jthread> threads;
  bool started = false;
};

Informers::Informers(Client& client, const base::Clock& clock, base::MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(client, clock, metrics)) {}

Informers::~Informers() {
  stop();
}

ErasedInformer& Informers::find_or_make(const ResourceType& type, InformerOptions options, std::type_index t,
                                        ErasedInformer::Decode decode) {
  for (const auto& entry : impl_->entries) {
    const auto& o = entry.driver->options();
    const bool same = entry.t == t && entry.driver->type() == type && o.ns == options.ns &&
                      o.label_selector == options.label_selector && o.field_selector == options.field_selector &&
                      o.metadata_only == options.metadata_only;
    if (same && !o.transform && !options.transform) return *entry.driver;
  }
  if (impl_->started)
    throw std::logic_error("an informer of " + std::string(type.kind) + " is asked for after the start");
  ReflectorOptions reflector;
  reflector.seed = std::random_device{}();
  impl_->entries.push_back({t, std::make_unique<InformerDriver>(impl_->client, impl_->clock, impl_->metrics, type,
                                                                std::move(options), std::move(decode), reflector)});
  return *impl_->entries.back().driver;
}

Informer<Object>& Informers::objects(const ResourceType& type, InformerOptions options) {
  return detail::typed<Object>(find_or_make(type, std::move(options), typeid(Object), {detail::keep}));
}

void Informers::start() {
  if (std::exchange(impl_->started, true)) return;
  for (auto& entry : impl_->entries)
    impl_->threads.emplace_back([driver = entry.driver.get()](std::stop_token stop) { driver->run(stop); });
}

void Informers::stop() {
  for (auto& thread : impl_->threads) thread.request_stop();
  impl_->threads.clear();
}

bool Informers::synced() const {
  for (const auto& entry : impl_->entries)
    if (!entry.driver->synced()) return false;
  return impl_->started;
}

bool Informers::wait_synced(std::stop_token stop) const {
  for (const auto& entry : impl_->entries)
    if (!entry.driver->wait_synced(stop)) return false;
  return true;
}

std::string Informers::describe_unsynced() const {
  std::string text;
  for (const auto& entry : impl_->entries) {
    if (entry.driver->synced()) continue;
    if (!text.empty()) text += "; ";
    text += entry.driver->describe();
    if (const auto error = entry.driver->last_error(); !error.empty()) text += " (" + error + ")";
  }
  return text;
}

}  // namespace causeway::kube
