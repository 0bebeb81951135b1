#include "crds/scheduling.hpp"

namespace causeway::crds {

bool Toleration::tolerates(const Taint& taint) const {
  if (effect && *effect != taint.effect) return false;
  if (key.empty()) return operator_ == TolerationOperator::Exists;
  if (key != taint.key) return false;
  return operator_ == TolerationOperator::Exists || value == taint.value;
}

}  // namespace causeway::crds
