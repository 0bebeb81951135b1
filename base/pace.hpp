#pragma once
// Whether a peer is fast enough to be waited for. Pure; private to base/. Not thread-safe.
//
// A store of patience: waiting uses it up, and every byte that moved gives back what it may take at the least rate. So
// a peer may pause for the whole of it, and on average has to keep the rate; time in which nobody waited for it costs
// it nothing.

#include <cstdint>

#include "base/clock.hpp"

namespace causeway::base {

class Pace {
 public:
  Pace() = default;                                                // any peer is
  Pace(std::uint64_t bytes_per_second, Duration patience);         // 0 bytes: any peer is
  void waited(Duration how_long, std::uint64_t bytes_that_moved);  // for it
  Duration left() const { return left_; }  // how long it may pause now; not above zero: too slow
  bool too_slow() const { return left_ <= Duration::zero(); }

 private:
  std::uint64_t bytes_per_second_ = 0;
  Duration patience_ = Duration::max(), left_ = Duration::max();
};

}  // namespace causeway::base
