#pragma once
// What the hub's API server says, for who only has to know whether to try again.

#include "kube/core/error.hpp"

namespace causeway::api::tenant {

inline base::Error error_of(const kube::Error& error) {
  return {error.transient() ? base::ErrorCode::kUnavailable : base::ErrorCode::kInvalidArgument, error.message};
}

}  // namespace causeway::api::tenant
