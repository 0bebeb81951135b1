#include "kube/runtime/store.hpp"

#include <charconv>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace causeway::kube {

std::uint64_t version_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc() && end == text.data() + text.size() ? number : 0;
}

void Store::add_index(std::string name, IndexFunction f) {
  std::unique_lock lock(mutex_);
  auto& index = indexes_[std::move(name)];
  index.f = std::move(f);
  index.keys.clear();
  for (const auto& [key, item] : items_)
    for (const auto& value : index.f(item.object.get())) index.keys[value].insert(&key);
}

AnyObject Store::get(const ObjectKey& key) const {
  std::shared_lock lock(mutex_);
  if (!overlay_.empty())
    if (const auto it = overlay_.find(key); it != overlay_.end()) return it->second.object;
  const auto it = items_.find(key);
  return it == items_.end() ? nullptr : it->second.object;
}

std::vector<AnyObject> Store::list(std::string_view ns) const {
  std::shared_lock lock(mutex_);
  std::vector<AnyObject> out;
  const auto begin = [&](const Content& c) { return ns.empty() ? c.begin() : c.lower_bound({std::string(ns), ""}); };
  const auto within = [&](const ObjectKey& key) { return ns.empty() || key.ns == ns; };
  if (ns.empty()) out.reserve(items_.size() + overlay_.size());
  // Both are in order: merge them, the overlay wins.
  auto o = begin(overlay_);
  for (auto i = begin(items_); i != items_.end() && within(i->first); ++i) {
    for (; o != overlay_.end() && o->first < i->first; ++o) out.push_back(o->second.object);
    if (o != overlay_.end() && o->first == i->first) {
      out.push_back(o->second.object);
      ++o;
    } else {
      out.push_back(i->second.object);
    }
  }
  for (; o != overlay_.end() && within(o->first); ++o) out.push_back(o->second.object);
  return out;
}

std::vector<AnyObject> Store::by_index(const std::string& name, const std::string& value) const {
  std::shared_lock lock(mutex_);
  const auto index = indexes_.find(name);
  if (index == indexes_.end()) throw std::out_of_range("informer has no index \"" + name + "\"");
  std::vector<AnyObject> out;
  if (const auto found = index->second.keys.find(value); found != index->second.keys.end()) {
    out.reserve(found->second.size());
    for (const auto* key : found->second)
      if (!overlay_.contains(*key)) out.push_back(items_.at(*key).object);
  }
  for (const auto& [key, item] : overlay_)
    for (const auto& v : index->second.f(item.object.get()))
      if (v == value) {
        out.push_back(item.object);
        break;
      }
  return out;
}

std::size_t Store::size() const {
  std::shared_lock lock(mutex_);
  std::size_t n = items_.size();
  for (const auto& [key, item] : overlay_) n += items_.contains(key) ? 0 : 1;
  return n;
}

Store::Item Store::item(const ObjectKey& key) const {
  std::shared_lock lock(mutex_);
  const auto it = items_.find(key);
  return it == items_.end() ? Item{} : it->second;
}

std::vector<Store::Change> Store::replace(Content fresh, std::uint64_t seen) {
  std::vector<Change> changes;
  std::unordered_map<std::string, std::set<const ObjectKey*, ByPointer>> none;
  {
    std::unique_lock lock(mutex_);
    items_.swap(fresh);
    for (auto& [name, index] : indexes_) index.keys.clear();
    for (const auto& [key, item] : items_) index(&key, item.object.get());
    reached_locked(seen);
    // `fresh` is the old content now. Both are ordered.
    auto old = fresh.begin();
    for (const auto& [key, item] : items_) {
      for (; old != fresh.end() && old->first < key; ++old)
        changes.push_back({old->first, old->second.object, nullptr});
      if (old != fresh.end() && old->first == key) {
        if (old->second.object != item.object) changes.push_back({key, old->second.object, item.object});
        ++old;
      } else {
        changes.push_back({key, nullptr, item.object});
      }
    }
    for (; old != fresh.end(); ++old) changes.push_back({old->first, old->second.object, nullptr});
  }
  return changes;
}

AnyObject Store::put(const ObjectKey& key, Item item) {
  std::unique_lock lock(mutex_);
  const auto version = item.version;
  AnyObject before;
  auto it = items_.find(key);
  if (it == items_.end()) {
    it = items_.emplace(key, std::move(item)).first;
  } else {
    unindex(&it->first, it->second.object.get());
    before = std::exchange(it->second, std::move(item)).object;
  }
  index(&it->first, it->second.object.get());
  reached_locked(version);
  return before;
}

AnyObject Store::erase(const ObjectKey& key, std::uint64_t seen) {
  std::unique_lock lock(mutex_);
  AnyObject before;
  if (const auto it = items_.find(key); it != items_.end()) {
    unindex(&it->first, it->second.object.get());
    before = std::move(it->second.object);
    items_.erase(it);
  }
  reached_locked(seen);
  return before;
}

void Store::reached(std::uint64_t seen) {
  std::unique_lock lock(mutex_);
  reached_locked(seen);
}

void Store::overlay(const ObjectKey& key, Item written) {
  std::unique_lock lock(mutex_);
  // The stream may have passed it while the response travelled; then what it told is newer, even a deletion.
  if (written.version <= seen_) return;
  auto& shown = overlay_[key];
  if (written.version > shown.version) shown = std::move(written);
}

void Store::index(const ObjectKey* key, const void* object) {
  for (auto& [name, index] : indexes_)
    for (auto& value : index.f(object)) index.keys[std::move(value)].insert(key);
}

void Store::unindex(const ObjectKey* key, const void* object) {
  for (auto& [name, index] : indexes_)
    for (const auto& value : index.f(object)) {
      const auto it = index.keys.find(value);
      if (it == index.keys.end()) continue;
      it->second.erase(key);
      if (it->second.empty()) index.keys.erase(it);
    }
}

void Store::reached_locked(std::uint64_t seen) {
  seen_ = std::max(seen_, seen);
  for (auto it = overlay_.begin(); it != overlay_.end();) it = it->second.version <= seen_ ? overlay_.erase(it) : ++it;
}

}  // namespace causeway::kube
