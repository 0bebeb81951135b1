#include "apiserver/rest/contract.hpp"

#include <array>
#include <map>
#include <stdexcept>

#include "apiserver/rest/field_value.hpp"
#include "apiserver/rest/media_type.hpp"
#include "apiserver/rest/router.hpp"
#include "apiserver/rest/schema_check.hpp"

namespace causeway::api::rest {

struct Contract::Impl {
  struct Media {
    std::string type;
    const SchemaCheck::Node* schema = nullptr;  // null: any bytes
    bool json = false;
  };
  struct Operation {
    std::map<std::string, std::vector<Media>> responses;  // by status
  };

  Impl(const json::object& document)
      : components(document.at("components").as_object()), check(components.at("schemas").as_object()) {
    std::vector<Route> routes;
    for (const auto& path : document.at("paths").as_object()) {
      for (const auto& operation : path.value().as_object())
        add(routes, path.key(), operation.key(), operation.value());
    }
    router = std::make_unique<Router>(routes);
    problem = check.compile({{"$ref", "#/components/schemas/Problem"}});
  }

  void add(std::vector<Route>& routes, std::string_view path, std::string_view method, const json::value& declared) {
    static constexpr std::array kMethods{Method::kGet, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete};
    Route route;
    route.path = path;
    const json::object& operation = declared.as_object();
    if (const json::value* parameters = operation.if_contains("parameters")) {
      for (const json::value& parameter : parameters->as_array()) {
        if (!parameter.as_object().contains("x-causeway-segments")) continue;
        route.path.insert(route.path.size() - 1, "...");
      }
    }
    bool known = false;
    for (const Method one : kMethods) {
      if (lower_case(to_string(one)) != method) continue;
      route.method = one;
      known = true;
    }
    if (!known) throw std::runtime_error("the method " + std::string(method) + " is not known");
    routes.push_back(std::move(route));
    Operation& out = operations.emplace_back();
    for (const auto& response : operation.at("responses").as_object())
      out.responses[std::string(response.key())] = media_of(response.value().as_object());
  }

  std::vector<Media> media_of(const json::object& response) {
    if (const json::value* reference = response.if_contains("$ref")) {
      constexpr std::string_view kPrefix = "#/components/responses/";
      const std::string target(reference->as_string());
      return media_of(components.at("responses").as_object().at(target.substr(kPrefix.size())).as_object());
    }
    std::vector<Media> all;
    const json::value* content = response.if_contains("content");
    if (content == nullptr) return all;
    for (const auto& entry : content->as_object()) {
      Media media{std::string(entry.key()), nullptr, false};
      media.json = media.type == "application/json" || media.type.ends_with("+json");
      const json::value* schema = entry.value().as_object().if_contains("schema");
      if (schema != nullptr && media.json) media.schema = check.compile(schema->as_object());
      all.push_back(std::move(media));
    }
    return all;
  }

  json::object components;
  SchemaCheck check;
  std::unique_ptr<Router> router;
  std::vector<Operation> operations;
  const SchemaCheck::Node* problem = nullptr;
};

namespace {

void check_json(const SchemaCheck::Node& schema, const std::string& body, const std::string& where,
                std::vector<std::string>& found) {
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  if (error) {
    found.push_back(where + ": the body is not JSON: " + error.message());
    return;
  }
  for (const SchemaError& wrong : SchemaCheck::check(schema, value))
    found.push_back(where + ": #" + wrong.pointer + " " + wrong.detail);
}

}  // namespace

Contract::Contract(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Contract::~Contract() = default;
Contract::Contract(Contract&&) noexcept = default;

base::Result<Contract> Contract::parse(std::string_view document) {
  try {
    const json::value value = json::parse({document.data(), document.size()});
    return Contract(std::make_unique<Impl>(value.as_object()));
  } catch (const std::exception& e) {
    return base::Error{base::ErrorCode::kInvalidArgument, std::string("the OpenAPI document: ") + e.what()};
  }
}

std::vector<std::string> Contract::violations(std::string_view method, std::string_view target,
                                              const base::HttpResponse& answer) const {
  std::vector<std::string> found;
  const std::string where = std::string(method) + " " + std::string(target) + " → " + std::to_string(answer.status);
  const std::string_view type = answer.headers.get("Content-Type").value_or("");
  const auto match = impl_->router->find(method, target.substr(0, target.find('?')));
  if (!match.route) {
    // Nothing is declared; what the server says of that is.
    const bool options = method == "OPTIONS" && answer.status == 204;
    if (options && (!match.allow.empty() || target == "*")) return found;
    if (answer.status < 400) found.push_back(where + ": the document does not know this");
    if (!match.allow.empty() && answer.status == 405 && answer.headers.get("Allow") != match.allow)
      found.push_back(where + ": Allow is not \"" + match.allow + "\"");
    if (!is_media_type(type, kProblemType)) {
      found.push_back(where + ": not a problem but " + std::string(type));
    } else if (method != "HEAD") {
      check_json(*impl_->problem, answer.body, where, found);
    }
    return found;
  }
  const auto& responses = impl_->operations[*match.route].responses;
  const auto declared = responses.find(std::to_string(answer.status));
  if (declared == responses.end()) {
    found.push_back(where + ": the status is not declared");
    return found;
  }
  const auto& media = declared->second;
  if (media.empty()) {
    if (!answer.body.empty()) found.push_back(where + ": has a body, and none is declared");
    return found;
  }
  const std::string_view plain = type.substr(0, type.find(';'));
  const Impl::Media* used = nullptr;
  for (const Impl::Media& one : media) {
    const std::string_view range(one.type);
    if (range == plain || range == "*/*" ||
        (range.ends_with("/*") && plain.starts_with(range.substr(0, range.size() - 1))))
      used = &one;
  }
  if (used == nullptr) {
    found.push_back(where + ": the content type \"" + std::string(type) + "\" is not declared");
  } else if (used->schema != nullptr && method != "HEAD") {
    check_json(*used->schema, answer.body, where, found);
  }
  return found;
}

}  // namespace causeway::api::rest
