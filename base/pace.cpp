#include "base/pace.hpp"

#include <algorithm>

namespace causeway::base {

Pace::Pace(std::uint64_t bytes_per_second, Duration patience) : bytes_per_second_(bytes_per_second) {
  if (bytes_per_second > 0) patience_ = left_ = patience;
}

void Pace::waited(Duration how_long, std::uint64_t bytes_that_moved) {
  if (bytes_per_second_ == 0) return;
  const std::chrono::duration<double> earned(static_cast<double>(bytes_that_moved) /
                                             static_cast<double>(bytes_per_second_));
  left_ -= how_long;
  left_ = earned >= patience_ - left_ ? patience_ : left_ + std::chrono::duration_cast<Duration>(earned);
}

}  // namespace causeway::base
