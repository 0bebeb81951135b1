#pragma once
// resource.Quantity ("500m", "1.5Gi", "2e3") and metav1.Duration ("1h30m").

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::kube {

// Exact within int64 milli-units (CPU to a thousandth, memory to 9 PB); text that cannot be kept is refused.
class Quantity {
 public:
  Quantity() = default;
  static base::Result<Quantity> parse(std::string_view text);
  static Quantity from_milli(std::int64_t milli) { return Quantity(milli); }
  std::int64_t milli() const { return milli_; }  // thousandths of the unit
  std::int64_t whole() const;                    // rounded up, as Kubernetes' Value()
  std::string to_string() const;                 // canonical
  auto operator<=>(const Quantity&) const = default;

 private:
  explicit Quantity(std::int64_t milli) : milli_(milli) {}
  std::int64_t milli_ = 0;
};

base::Result<base::Duration> parse_duration(std::string_view text);  // Go's syntax; negative refused
std::string format_duration(base::Duration d);

}  // namespace causeway::kube
