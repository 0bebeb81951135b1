#include "base/log.hpp"

#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ctime>
#include <memory>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <vector>

#include "base/clock.hpp"
#include "base/log_line.hpp"

namespace causeway::base::log {
namespace {

// The text is finished when it reaches spdlog: its part is the sink (one write per line under one lock).
struct Sink {
  Sink() : logger("causeway", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::trace);
  }
  spdlog::logger logger;
  std::atomic<Level> level{Level::kInfo};
  std::atomic<bool> text{false};
};

Sink& sink() {
  static Sink instance;
  return instance;
}

using Frame = std::vector<std::pair<std::string, boost::json::value>>;

std::vector<Frame>& frames() {
  thread_local std::vector<Frame> stack;
  return stack;
}

}  // namespace

void set_level(Level level) {
  sink().level = level;
}
void set_text_format(bool text) {
  sink().text = text;
}

void write(Level level, std::string_view message, Fields fields) {
  Sink& out = sink();
  if (level < out.level.load(std::memory_order_relaxed)) return;
  boost::json::object all;
  for (const Frame& frame : frames()) {
    for (const auto& [key, value] : frame) all.insert_or_assign(key, value);
  }
  for (const Field& field : fields) all.insert_or_assign(field.key, field.value);
  const WallTime now = system_clock().wall();
  const std::string line = out.text.load(std::memory_order_relaxed) ? text_line(now, level, message, all)
                                                                    : json_line(now, level, message, all);
  out.logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

Scope::Scope(Fields fields) {
  Frame frame;
  frame.reserve(fields.size());
  for (const Field& field : fields) frame.emplace_back(std::string(field.key), field.value);
  frames().push_back(std::move(frame));
}

Scope::~Scope() {
  frames().pop_back();
}

}  // namespace causeway::base::log
