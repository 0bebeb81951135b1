#include "apiserver/rest/openapi.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "apiserver/rest/cross_site.hpp"
#include "apiserver/rest/field_value.hpp"
#include "apiserver/rest/parameters.hpp"
#include "apiserver/rest/problem_body.hpp"
#include "apiserver/rest/router.hpp"

namespace causeway::api::rest {
namespace {

[[noreturn]] void contradiction(const Route& route, const std::string& what) {
  throw std::logic_error(std::string(to_string(route.method)) + " " + route.path + ": " + what);
}

constexpr std::string_view kTailSuffix = "...}";

// "{path...}" → "{path}"
std::string document_path(std::string path) {
  if (path.ends_with(kTailSuffix)) path.replace(path.size() - kTailSuffix.size(), kTailSuffix.size(), "}");
  return path;
}

// "getApiV1RepositoriesOwnerName"
std::string operation_id(const Route& route) {
  std::string id = lower_case(to_string(route.method));
  bool upper = true;
  for (const char c : route.path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) id += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = !letter;
  }
  return id;
}

json::object parameter(std::string_view name, std::string_view in, bool required, std::string_view description,
                       json::object schema) {
  json::object out{{"name", name}, {"in", in}};
  if (required) out["required"] = true;
  out["description"] = description;
  out["schema"] = std::move(schema);
  return out;
}

void add_parameters(const TypeRef& type, std::string_view in, json::array& parameters) {
  const json::object schema = parameter_schema(type);
  std::set<std::string_view> required;
  if (const json::value* names = schema.if_contains("required")) {
    for (const json::value& name : names->as_array()) required.insert(name.as_string());
  }
  for (const auto& property : schema.at("properties").as_object()) {
    json::object declared = property.value().as_object();
    const std::string description(declared.at("description").as_string());
    declared.erase("description");
    const std::string_view name(property.key().data(), property.key().size());
    parameters.push_back(
        parameter(name, in, in == "path" || required.contains(name), description, std::move(declared)));
  }
}

json::array parameters_of(const Route& route) {
  json::array parameters;
  std::vector<std::string> declared, named = Router::parameter_names(route.path);
  if (route.run.path) {
    add_parameters(route.run.path, "path", parameters);
    for (const json::value& one : parameters) declared.emplace_back(one.at("name").as_string());
    if (route.path.ends_with(kTailSuffix)) {
      for (json::value& one : parameters) {
        if (one.at("name").as_string() == named.back()) one.get_object()["x-causeway-segments"] = "one or more";
      }
    }
  }
  std::sort(declared.begin(), declared.end());
  std::sort(named.begin(), named.end());
  if (declared != named) contradiction(route, "the parameters of its path are not those of its handler's Path");
  if (route.run.query) add_parameters(route.run.query, "query", parameters);
  if (route.idempotency_key) {
    parameters.push_back(parameter("Idempotency-Key", "header", true,
                                   "Chosen by the client, new for each thing it wants done: a repetition with the same "
                                   "key is answered like the first.",
                                   {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}));
  }
  if (route.if_match) {
    parameters.push_back(
        parameter("If-Match", "header", true, "The ETag of what the change is made to.", {{"type", "string"}}));
  }
  if (route.etag && route.method == Method::kGet) {
    parameters.push_back(parameter("If-None-Match", "header", false,
                                   "The ETag of what the client has: 304 if it is "
                                   "still that.",
                                   {{"type", "string"}}));
  }
  return parameters;
}

json::object text_header(std::string_view description) {
  return {{"description", description}, {"schema", json::object{{"type", "string"}}}};
}

json::object success_response(const Route& route, int status, Components& components) {
  json::object response{{"description", status == 304 ? "Not modified" : route.summary}};
  json::object headers;
  if (route.etag) headers["ETag"] = text_header("The version of what is answered.");
  if (status == 201) headers["Location"] = text_header("Where it is.");
  if (!headers.empty()) response["headers"] = std::move(headers);
  const bool empty = status == 204 || status == 304 || (status >= 300 && status < 400);
  if (empty || (!route.run.answer && !route.run.raw_answer && !route.run.stream)) return response;
  json::object media;
  if (route.run.answer) {
    media["schema"] = route.run.answer.schema(components);
  } else if (route.content_type.starts_with("text/")) {
    media["schema"] = json::object{{"type", "string"}};
  }
  const std::string type(route.content_type.substr(0, route.content_type.find(';')));
  response["content"] = json::object{{type, std::move(media)}};
  return response;
}

json::object problem_content() {
  return {{std::string(kProblemType), json::object{{"schema", reference_to(ProblemBody::schema_name())}}}};
}

// The response of a status that is a problem: shared, or with the kinds that are the route's own.
json::object problem_response(const Route& route, int status, std::set<int>& shared) {
  std::string own;
  for (const ProblemKind& kind : route.problems) {
    if (kind.status != status) continue;
    own.append(own.empty() ? "" : "; ").append("`").append(kind.slug).append("`: ").append(kind.title);
  }
  if (own.empty()) {
    shared.insert(status);
    return {{"$ref", "#/components/responses/Problem" + std::to_string(status)}};
  }
  return {{"description", own}, {"content", problem_content()}};
}

std::string_view shared_description(int status) {
  static const std::map<int, std::string_view> kWords{
      {400, "The request is malformed, or a parameter is not valid"},
      {401, "Nobody is signed in, or the proof of who asks is wrong or has ended"},
      {403,
       "The caller may not do this, has something else to do first (`second-factor-needed`, `password-needed`, "
       "`second-factor-set-up-needed`), or another site may have made the request"},
      {404, "There is nothing here"},
      {406, "The Accept header leaves nothing that is offered"},
      {408, "The body did not come in time"},
      {409, "The first request with this Idempotency-Key is not done yet"},
      {412, "It has changed since the ETag was read"},
      {413, "The body is too large"},
      {415, "The body's content type or encoding is not taken"},
      {422, "Some values are not valid, or the Idempotency-Key belongs to another request"},
      {428, "An If-Match is needed"},
      {429, "Too many requests; Retry-After says when to come back"},
      {500, "Something failed on the server's side; `instance` names the request"},
      {503, "Not available right now; Retry-After says when to come back"}};
  return kWords.at(status);
}

json::array security_of(const Route& route) {
  const json::object session{{"session", json::array{}}}, token{{"token", json::array{}}};
  if (route.access.role == Role::kVisitor) return {json::object{}, session, token};
  return {session, token};
}

json::object operation_of(const Route& route, Components& components, std::set<int>& shared) {
  if (route.method == Method::kGet && route.run.body) contradiction(route, "a GET has no body");
  if (route.run.stream && route.run.body) contradiction(route, "a streaming handler reads its body itself");
  if (route.idempotency_key && route.access.role == Role::kVisitor)
    contradiction(route, "an Idempotency-Key belongs to a caller, and visitors are none");
  json::object operation{
      {"operationId", operation_id(route)}, {"summary", route.summary}, {"tags", json::array{json::value(route.tag)}}};
  if (!route.description.empty()) operation["description"] = route.description;
  if (!route.access.scope.empty()) operation["x-causeway-scope"] = route.access.scope;
  if (route.access.role == Role::kAdministrator) operation["x-causeway-role"] = "administrator";
  operation["security"] = security_of(route);
  json::array parameters = parameters_of(route);
  if (changes_state(route) && (route.method == Method::kGet || !route.run.body)) {
    parameters.push_back(parameter(kOwnRequestHeader, "header", false,
                                   "Any value. Callers with a cookie send it, unless the browser says that the request "
                                   "is the site's own (Sec-Fetch-Site).",
                                   {{"type", "string"}}));
  }
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (route.run.body) {
    operation["requestBody"] = json::object{
        {"required", true},
        {"content", json::object{{"application/json", json::object{{"schema", route.run.body.schema(components)}}}}}};
  }
  json::object responses;
  for (const int status : declared_statuses(route)) {
    responses[std::to_string(status)] =
        status < 400 ? success_response(route, status, components) : problem_response(route, status, shared);
  }
  operation["responses"] = std::move(responses);
  return operation;
}

void write(std::string& out, const json::value& value, std::size_t depth) {
  const auto line = [&](std::size_t d) { out.append("\n").append(2 * d, ' '); };
  const char* separator = "";
  if (value.is_object() && !value.get_object().empty()) {
    out += '{';
    for (const auto& member : value.get_object()) {
      out += std::exchange(separator, ",");
      line(depth + 1);
      out.append(json::serialize(json::value(member.key()))).append(": ");
      write(out, member.value(), depth + 1);
    }
    line(depth);
    out += '}';
  } else if (value.is_array() && !value.get_array().empty()) {
    out += '[';
    for (const json::value& item : value.get_array()) {
      out += std::exchange(separator, ",");
      line(depth + 1);
      write(out, item, depth + 1);
    }
    line(depth);
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

json::object openapi_document(const std::vector<Route>& routes, const ApiInfo& info) {
  Components components;
  std::set<int> shared;
  static_cast<void>(components.reference<ProblemBody>());
  json::object paths;
  for (const Route& route : routes) {
    if (route.hidden) continue;
    json::value& path = paths[document_path(route.path)];
    if (!path.is_object()) path.emplace_object();
    path.get_object()[lower_case(to_string(route.method))] = operation_of(route, components, shared);
  }
  json::object schemas, responses;
  for (const auto& [name, schema] : components.schemas()) schemas[name] = schema;
  for (const int status : shared) {
    json::object response{{"description", shared_description(status)}};
    if (status == 429 || status == 503)
      response["headers"] = json::object{{"Retry-After", text_header("Seconds to wait.")}};
    response["content"] = problem_content();
    responses["Problem" + std::to_string(status)] = std::move(response);
  }
  return {{"openapi", "3.1.0"},
          {"info", json::object{{"title", info.title}, {"version", info.version}, {"description", info.description}}},
          {"paths", std::move(paths)},
          {"components",
           json::object{{"schemas", std::move(schemas)},
                        {"responses", std::move(responses)},
                        {"securitySchemes",
                         json::object{{"session", json::object{{"type", "apiKey"},
                                                               {"in", "cookie"},
                                                               {"name", info.session_cookie},
                                                               {"description", "A signed-in browser."}}},
                                      {"token", json::object{{"type", "http"},
                                                             {"scheme", "bearer"},
                                                             {"description", "A personal access token."}}}}}}}};
}

std::string pretty(const json::value& value) {
  std::string out;
  write(out, value, 0);
  out += '\n';
  return out;
}

}  // namespace causeway::api::rest
