#include "apiserver/lfs/request_body.hpp"

#include "apiserver/jwt/strict_json.hpp"

namespace causeway::api::lfs {

git::Refusal invalid(std::string message) {
  return {.status = 422, .message = std::move(message)};
}

base::Result<boost::json::object, git::Refusal> object_of(std::string_view body) {
  auto object = jwt::parse_object(body);
  if (!object) return invalid(object.error().message);
  return std::move(*object);
}

}  // namespace causeway::api::lfs
