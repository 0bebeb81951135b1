#include "apiserver/lfs/batch.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "apiserver/jwt/strict_json.hpp"
#include "apiserver/lfs/request_body.hpp"
#include "apiserver/lfs/route.hpp"

namespace causeway::api::lfs {
namespace {

namespace json = boost::json;
using git::Refusal;

base::Result<WantedObject, Refusal> object_of(const json::value& value, const std::string& where) {
  if (!value.is_object()) return invalid(where + " has to be an object with oid and size");
  const auto& members = value.get_object();
  const auto* oid = members.if_contains("oid");
  const auto* size = members.if_contains("size");
  if (!oid || !oid->is_string()) return invalid(where + ".oid has to be a text");
  if (!size || !size->is_number()) return invalid(where + ".size has to be a number");
  WantedObject object{.oid = std::string(oid->get_string())};
  if (size->is_int64()) object.size = size->get_int64();
  if (!valid_oid(object.oid)) {
    object.error = {422, "the oid has to be a SHA-256: 64 lower-case hexadecimal digits"};
  } else if (!size->is_int64() || object.size < 0) {
    object.error = {422, "the size has to be a whole number of bytes from 0 to 9223372036854775807"};
  }
  return object;
}

base::Result<Operation, Refusal> operation_of(const json::object& request) {
  const auto operation = jwt::text_member(request, "operation");
  if (operation == "download") return Operation::kDownload;
  if (operation == "upload") return Operation::kUpload;
  return invalid("operation has to be download or upload");
}

std::optional<Refusal> transfer_objection(const json::object& request) {
  if (const auto* hash = request.if_contains("hash_algo"); hash && *hash != "sha256")
    return Refusal{.status = 409, .message = "hash_algo has to be sha256: nothing else is served"};
  const auto* transfers = request.if_contains("transfers");
  if (!transfers) return std::nullopt;
  if (!transfers->is_array()) return invalid("transfers has to be a list");
  const auto& list = transfers->get_array();
  if (list.empty() || std::any_of(list.begin(), list.end(), [](const auto& name) { return name == "basic"; }))
    return std::nullopt;
  return invalid("transfers has to name basic: nothing else is served");
}

json::object json_of(const Action& action) {
  json::object out{{"href", action.href}};
  if (!action.header.empty()) {
    auto& header = out["header"].emplace_object();
    for (const auto& [name, value] : action.header) header[name] = value;
  }
  if (action.expires_in > 0) out["expires_in"] = action.expires_in;
  return out;
}

}  // namespace

base::Result<BatchRequest, Refusal> parse_batch(std::string_view body) {
  const auto request = object_of(body);
  if (!request) return request.error();
  const auto operation = operation_of(*request);
  if (!operation) return operation.error();
  if (auto objection = transfer_objection(*request)) return *objection;
  const auto* objects = request->if_contains("objects");
  if (!objects || !objects->is_array() || objects->get_array().empty())
    return invalid("objects has to be a list with at least one");
  if (objects->get_array().size() > kMaxObjects)
    return Refusal{.status = 413, .message = "a batch has " + std::to_string(kMaxObjects) + " objects at most"};
  BatchRequest batch{.operation = *operation};
  std::map<std::string, std::size_t, std::less<>> seen;
  for (const auto& value : objects->get_array()) {
    auto object = object_of(value, "objects[" + std::to_string(&value - objects->get_array().data()) + "]");
    if (!object) return object.error();
    const auto [at, fresh] = seen.emplace(object->oid, batch.objects.size());
    if (fresh) {
      batch.objects.push_back(std::move(*object));
    } else if (auto& first = batch.objects[at->second]; first.size != object->size && !first.error) {
      first.error = {422, "it is there twice, with two sizes"};
    }
  }
  return batch;
}

base::Result<WantedObject, Refusal> parse_object(std::string_view body) {
  const auto request = object_of(body);
  if (!request) return request.error();
  auto object = object_of(json::value(*request), "the request");
  if (object && object->error) return Refusal{.status = object->error->code, .message = object->error->message};
  return object;
}

std::string batch_answer(const std::vector<AnsweredObject>& objects) {
  json::array list;
  for (const auto& object : objects) {
    json::object one{{"oid", object.oid}, {"size", object.size}};
    if (object.authenticated) one["authenticated"] = true;
    if (!object.actions.empty()) {
      auto& actions = one["actions"].emplace_object();
      for (const auto& [name, action] : object.actions) actions[name] = json_of(action);
    }
    if (object.error) one["error"] = {{"code", object.error->code}, {"message", object.error->message}};
    list.push_back(std::move(one));
  }
  return json::serialize(json::object{{"transfer", "basic"}, {"objects", std::move(list)}, {"hash_algo", "sha256"}});
}

}  // namespace causeway::api::lfs
