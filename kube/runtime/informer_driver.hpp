#pragma once
// The thread behind an informer: does what the Reflector says, keeps the store, tells the handlers.

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/metrics.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/erased_informer.hpp"
#include "kube/runtime/informer.hpp"
#include "kube/runtime/reflector.hpp"

namespace causeway::kube {

// run() is for one thread; everything else is thread-safe.
class InformerDriver final : public ErasedInformer {
 public:
  InformerDriver(Client& client, const base::Clock& clock, base::MetricsRegistry& metrics, const ResourceType& type,
                 InformerOptions options, Decode decode, ReflectorOptions reflector = {});

  void run(std::stop_token stop);

  const ResourceType& type() const override { return type_; }
  bool synced() const override { return synced_.load(std::memory_order_acquire); }
  Store& store() override { return store_; }
  void add_handler(Handler handler) override;
  bool covers(const ObjectKey& key) const override { return options_.ns.empty() || options_.ns == key.ns; }

  const InformerOptions& options() const { return options_; }
  bool wait_synced(std::stop_token stop) const;
  std::string last_error() const;
  std::string describe() const;  // "Demo in u-ada"

 private:
  Reflector::Event perform(const Reflector::List& list, std::stop_token stop);
  Reflector::Event perform(const Reflector::Watch& watch, std::stop_token stop);
  Reflector::Event perform(const Reflector::Wait& wait, std::stop_token stop);

  // An object that arrived: made into what is kept already (`decoded.object`), or as JSON.
  struct Arrived {
    WatchEvent::Type type = WatchEvent::Type::kAdded;
    Decoded decoded;
    Object json;

    std::uint64_t version() const { return version_number(decoded.resource_version); }
  };
  static Arrived arrived(WatchEvent event);
  Result<Arrived> read(std::string_view line) const;
  void receive(Arrived event);
  void collect(Arrived object);
  void replace();
  void apply(Arrived event);
  // Null: it does not decode and never did.
  AnyObject decode(Arrived object);
  void notify(const ObjectKey& key, const AnyObject& old, const AnyObject& now);
  void failed(const char* what, const Error& error);
  void recovered();

  Client& client_;
  const base::Clock& clock_;
  const ResourceType type_;
  const InformerOptions options_;
  const Decode decode_;
  Reflector reflector_;
  Store store_;
  Store::Content collected_;
  std::vector<Handler> handlers_;
  bool running_ = false;

  std::atomic<bool> synced_{false};
  mutable std::mutex mutex_;  // of what follows
  mutable std::condition_variable_any synced_changed_;
  std::string last_error_;

  base::Counter &lists_, &watches_, &short_watches_, &decode_errors_;
  base::Gauge& objects_;
};

}  // namespace causeway::kube
