#include "apiserver/rest/idempotency.hpp"

#include <algorithm>
#include <list>
#include <mutex>
#include <unordered_map>

#include "apiserver/rest/field_value.hpp"

namespace causeway::api::rest {
namespace {

class MemoryStore final : public IdempotencyStore {
 public:
  MemoryStore(const base::Clock& clock, base::Duration keep, std::size_t capacity)
      : clock_(clock), keep_(keep), capacity_(capacity) {}

  base::Result<Begun> begin(const IdempotencyKey& key) override {
    const std::lock_guard lock(mutex_);
    forget();
    const std::string name = name_of(key);
    const auto found = index_.find(name);
    if (found != index_.end()) {
      const Entry& entry = *found->second;
      if (entry.fingerprint != key.fingerprint) return Begun{State::kOtherRequest, {}};
      if (!entry.answer) return Begun{State::kInFlight, {}};
      return Begun{State::kDone, entry.answer};
    }
    entries_.push_back({name, key.fingerprint, clock_.steady() + keep_, {}});
    index_.emplace(name, std::prev(entries_.end()));
    return Begun{};
  }

  base::Result<void> finish(const IdempotencyKey& key, const base::HttpResponse& answer) override {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(name_of(key));
    if (found == index_.end()) return base::Error{base::ErrorCode::kNotFound, "the key was forgotten meanwhile"};
    found->second->answer = answer;
    return {};
  }

  void abandon(const IdempotencyKey& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(name_of(key));
    if (found == index_.end()) return;
    entries_.erase(found->second);
    index_.erase(found);
  }

 private:
  struct Entry {
    std::string name, fingerprint;
    base::SteadyTime until;
    std::optional<base::HttpResponse> answer;
  };

  static std::string name_of(const IdempotencyKey& key) {
    return std::to_string(key.caller.size()) + ":" + key.caller + key.route + "\n" + key.key;
  }

  void forget() {
    while (!entries_.empty() && (entries_.front().until <= clock_.steady() || entries_.size() >= capacity_)) {
      index_.erase(entries_.front().name);
      entries_.pop_front();
    }
  }

  const base::Clock& clock_;
  const base::Duration keep_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the oldest first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace

std::unique_ptr<IdempotencyStore> memory_idempotency_store(const base::Clock& clock, base::Duration keep,
                                                           std::size_t capacity) {
  return std::make_unique<MemoryStore>(clock, keep, capacity);
}

std::optional<std::string> parse_idempotency_key(std::string_view header) {
  header = trim(header);
  // The draft has it as a structured string; most clients send it bare.
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
    header = header.substr(1, header.size() - 2);
  }
  if (header.empty() || header.size() > 255) return std::nullopt;
  const auto bad = [](char c) { return c <= 0x20 || c >= 0x7f || c == '"' || c == '\\'; };
  if (std::any_of(header.begin(), header.end(), bad)) return std::nullopt;
  return std::string(header);
}

}  // namespace causeway::api::rest
