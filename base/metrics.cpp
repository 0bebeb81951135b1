#include "base/metrics.hpp"

#include <cmath>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/process_metrics.hpp"

namespace causeway::base {
namespace {

class CounterImpl final : public Counter {
 public:
  explicit CounterImpl(prometheus::Counter& metric) : metric_(metric) {}
  void add(double by) override { metric_.Increment(by); }
  double value() const override { return metric_.Value(); }

 private:
  prometheus::Counter& metric_;
};

class GaugeImpl final : public Gauge {
 public:
  explicit GaugeImpl(prometheus::Gauge& metric) : metric_(metric) {}
  void set(double value) override { metric_.Set(value); }
  void add(double by) override { metric_.Increment(by); }
  double value() const override { return metric_.Value(); }

 private:
  prometheus::Gauge& metric_;
};

class HistogramImpl final : public Histogram {
 public:
  explicit HistogramImpl(prometheus::Histogram& metric) : metric_(metric) {}
  void observe(double value) override { metric_.Observe(value); }

 private:
  prometheus::Histogram& metric_;
};

// The metrics of one kind: families by name, our wrappers by name and labels.
template <class Metric, class Wrapper>
struct Kind {
  std::map<std::string, prometheus::Family<Metric>*> families;
  std::map<std::pair<std::string, Labels>, std::unique_ptr<Wrapper>> metrics;
};

}  // namespace

struct MetricsRegistry::Impl {
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, std::string_view> kinds;  // by name
  Kind<prometheus::Counter, CounterImpl> counters;
  Kind<prometheus::Gauge, GaugeImpl> gauges;
  Kind<prometheus::Histogram, HistogramImpl> histograms;

  template <class Builder, class Metric, class Wrapper, class... Args>
  Wrapper& get(Kind<Metric, Wrapper>& kind, std::string_view kind_name, Builder builder, const std::string& name,
               const std::string& help, const Labels& labels, Args&&... args) {
    const std::lock_guard lock(mutex);
    if (const auto known = kind.metrics.find({name, labels}); known != kind.metrics.end()) return *known->second;
    const auto [entry, added] = kinds.emplace(name, kind_name);
    if (!added && entry->second != kind_name) {
      throw std::logic_error("metric " + name + " is a " + std::string(entry->second) + " already");
    }
    auto& family = kind.families[name];
    if (family == nullptr) family = &builder.Name(name).Help(help).Register(registry);
    auto wrapper = std::make_unique<Wrapper>(family->Add(labels, std::forward<Args>(args)...));
    return *kind.metrics.emplace(std::pair(name, labels), std::move(wrapper)).first->second;
  }
};

MetricsRegistry::MetricsRegistry() : impl_(std::make_unique<Impl>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Counter& MetricsRegistry::counter(const std::string& name, const std::string& help, const Labels& labels) {
  return impl_->get(impl_->counters, "counter", prometheus::BuildCounter(), name, help, labels);
}

Gauge& MetricsRegistry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return impl_->get(impl_->gauges, "gauge", prometheus::BuildGauge(), name, help, labels);
}

Histogram& MetricsRegistry::histogram(const std::string& name, const std::string& help,
                                      const std::vector<double>& buckets, const Labels& labels) {
  return impl_->get(impl_->histograms, "histogram", prometheus::BuildHistogram(), name, help, labels, buckets);
}

std::string MetricsRegistry::render() const {
  auto families = impl_->registry.Collect();
  // A gauge of something that is gone has been set to NaN: nothing is said of it any more.
  for (auto& family : families) {
    if (family.type != prometheus::MetricType::Gauge) continue;
    std::erase_if(family.metric, [](const auto& metric) { return std::isnan(metric.gauge.value); });
  }
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  for (auto& family : process_metrics()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace causeway::base
