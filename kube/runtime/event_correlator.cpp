#include "kube/runtime/event_correlator.hpp"

namespace causeway::kube {

namespace {

constexpr std::size_t kMostSimilar = 10;
constexpr base::Duration kSimilarWindow = std::chrono::seconds(600);
constexpr double kBurst = 25, kPerSecond = 1.0 / 300;

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) {
    text += part;
    text += '\x1f';  // in none of them
  }
  return text;
}

}  // namespace

std::optional<EventCorrelator::Write> EventCorrelator::correlate(const EventNote& note, base::SteadyTime now,
                                                                 base::WallTime wall) {
  const auto group = joined({note.object, note.type, note.reason});
  auto& similar = similar_.at(group, {});
  if (now - similar.last > kSimilarWindow) similar.messages.clear();
  similar.last = now;
  similar.messages.insert(note.message);
  Write write;
  write.message = note.message;
  write.key = joined({group, note.message});
  if (similar.messages.size() > kMostSimilar) {
    // Many messages of one kind: one event that tells the latest.
    similar.messages.erase(similar.messages.begin());
    write.message = "(combined from similar events): " + note.message;
    write.key = group;
  }
  if (!buckets_.at(note.object, TokenBucket(kPerSecond, kBurst)).try_take(now)) return std::nullopt;
  auto& known = known_.at(write.key, Known{{}, 0, wall});
  if (known.count == 0) known.first = wall;
  ++known.count;
  write.existing = known.name;
  write.count = known.count;
  write.first = known.first;
  return write;
}

void EventCorrelator::written(const Write& write, const std::string& name) {
  auto* known = known_.find(write.key);
  if (!known) return;
  known->name = name;
  if (name.empty()) known->count = 0;
}

}  // namespace causeway::kube
