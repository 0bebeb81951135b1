#include "apiserver/rest/handler.hpp"

namespace causeway::api::rest::binding {

Problem undecodable(const kube::Error& error) {
  return Problem(kInvalid, error.message);
}

}  // namespace causeway::api::rest::binding
