#include "base/process_metrics.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace causeway::base {
namespace {

prometheus::MetricFamily family(const char* name, const char* help, prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  return {name, help, type, {metric}};
}

// Fields of /proc/self/stat from the third on: the second is the name in brackets, which may hold anything.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto end = line.rfind(')');
  if (end == line.npos) return {};
  std::istringstream rest(line.substr(end + 1));
  std::string state;
  rest >> state;
  std::vector<double> fields;
  for (double value = 0; rest >> value;) fields.push_back(value);
  return fields;
}

std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

std::optional<double> open_files() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error))
    ++count;
  if (error) return std::nullopt;
  return count - 1;  // the one that reads the folder
}

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics() {
  using prometheus::MetricType;
  // Numbers of proc(5), less the three that stat_fields() left out.
  constexpr std::size_t kUserTime = 10, kSystemTime = 11, kStartTime = 18, kVirtual = 19, kResident = 20;
  std::vector<prometheus::MetricFamily> out;
  const auto stat = stat_fields();
  if (stat.size() > kResident) {
    const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    out.push_back(family("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
                         MetricType::Counter, (stat[kUserTime] + stat[kSystemTime]) / ticks));
    out.push_back(family("process_resident_memory_bytes", "Resident memory size in bytes.", MetricType::Gauge,
                         stat[kResident] * static_cast<double>(sysconf(_SC_PAGESIZE))));
    out.push_back(
        family("process_virtual_memory_bytes", "Virtual memory size in bytes.", MetricType::Gauge, stat[kVirtual]));
    if (const auto boot = boot_time())
      out.push_back(family("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
                           MetricType::Gauge, *boot + stat[kStartTime] / ticks));
  }
  if (const auto files = open_files())
    out.push_back(family("process_open_fds", "Number of open file descriptors.", MetricType::Gauge, *files));
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    out.push_back(family("process_max_fds", "Maximum number of open file descriptors.", MetricType::Gauge,
                         static_cast<double>(limit.rlim_cur)));
  return out;
}

}  // namespace causeway::base
