#include "apiserver/content/rendered_files.hpp"

#include <utility>

namespace causeway::api::content {

std::shared_ptr<const std::string> RenderedFiles::get(const std::string& key,
                                                      const std::function<std::string()>& render) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->html;
    }
  }
  auto html = std::make_shared<const std::string>(render());
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return html;
  entries_.push_front({key, html});
  by_key_.emplace(key, entries_.begin());
  size_ += size_of(entries_.front());
  while (size_ > limit_) {
    size_ -= size_of(entries_.back());
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  return html;
}

}  // namespace causeway::api::content
