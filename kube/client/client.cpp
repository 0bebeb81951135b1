#include "kube/client/client.hpp"

#include "kube/client/client_impl.hpp"
#include "kube/client/object_stream.hpp"

namespace causeway::kube {

namespace {

// CRDs nest deeper than Boost.JSON's limit of 32.
constexpr std::size_t kMaxDepth = 256;

// The API server itself gives up after 60 s, and sends nothing of a list before all of it is ready.
constexpr base::Duration kListPatience = std::chrono::seconds(65);

Query write_query(const WriteOptions& options) {
  Query query;
  query.add("fieldManager", options.field_manager);
  if (options.dry_run) query.add("dryRun", "All");
  if (options.strict) query.add("fieldValidation", "Strict");
  return query;
}

Error unnamed(const ResourceType& type, std::string_view call) {
  auto error = Error::local(std::string(call) + " of a " + std::string(type.kind) + " without metadata.name");
  error.transport = base::ErrorCode::kInvalidArgument;
  return error;
}

base::Error too_long(std::size_t limit) {
  return {base::ErrorCode::kProtocol, "the server's list has an item of more than " + std::to_string(limit) + " bytes"};
}

Object delete_body(const DeleteOptions& options) {
  Object body{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
  if (!options.propagation.empty()) body["propagationPolicy"] = options.propagation;
  if (options.grace_seconds) body["gracePeriodSeconds"] = *options.grace_seconds;
  if (options.dry_run) body["dryRun"] = json::array{"All"};
  if (options.uid || options.resource_version) {
    Object preconditions;
    if (options.uid) preconditions["uid"] = *options.uid;
    if (options.resource_version) preconditions["resourceVersion"] = *options.resource_version;
    body["preconditions"] = std::move(preconditions);
  }
  return body;
}

base::HttpRequest list_request(const ResourceType& type, std::string_view ns, const ListOptions& options) {
  auto request = json_request("GET", list_query(options).apply_to(type.path(ns)), nullptr);
  if (options.metadata_only) accept_metadata_only(request, "PartialObjectMetadataList");
  return request;
}

void set_type(Object& object, const ResourceType& type, bool metadata_only) {
  if (metadata_only) {
    restore_type(object, type);
  } else {
    fill_type(object, type);
  }
}

std::string_view content_type(PatchType type) {
  switch (type) {
    case PatchType::kMerge:
      return "application/merge-patch+json";
    case PatchType::kJson:
      return "application/json-patch+json";
    case PatchType::kStrategicMerge:
      return "application/strategic-merge-patch+json";
  }
  return "";
}

}  // namespace

Query& Query::add(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  text_ += text_.empty() ? '?' : '&';
  text_ += name;
  text_ += '=';
  text_ += base::percent_encode(value);
  return *this;
}

base::HttpRequest json_request(std::string_view method, std::string target, const json::value& body,
                               std::string_view type) {
  base::HttpRequest request;
  request.method = method;
  request.target = std::move(target);
  request.headers.set("Accept", "application/json");
  if (!body.is_null()) {
    request.headers.set("Content-Type", std::string(type));
    request.body = json::serialize(body);
  }
  return request;
}

void fill_type(Object& object, const ResourceType& type) {
  if (!object.contains("apiVersion")) object["apiVersion"] = type.api_version();
  if (!object.contains("kind")) object["kind"] = type.kind;
}

void restore_type(Object& object, const ResourceType& type) {
  object["apiVersion"] = type.api_version();
  object["kind"] = type.kind;
}

void accept_metadata_only(base::HttpRequest& request, std::string_view what) {
  request.headers.set("Accept", "application/json;as=" + std::string(what) + ";g=meta.k8s.io;v=v1");
}

Result<json::value> parse_body(const std::string& body) {
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  auto value = json::parse(body, ec, {}, options);
  if (ec) {
    auto error = Error::local("the server's answer is not JSON: " + ec.message());
    error.transport = base::ErrorCode::kProtocol;
    return error;
  }
  return value;
}

Query list_query(const ListOptions& options) {
  Query query;
  query.add("labelSelector", options.label_selector).add("fieldSelector", options.field_selector);
  query.add("resourceVersion", options.resource_version);
  query.add("resourceVersionMatch", options.resource_version_match);
  if (options.limit > 0) query.add("limit", std::to_string(options.limit));
  query.add("continue", options.continue_);
  return query;
}

Result<json::value> Client::Impl::json(base::HttpRequest request, std::stop_token stop, base::Duration timeout) {
  auto response = transport.call(std::move(request), std::max(config.timeout, timeout), std::move(stop));
  if (!response) return response.error();
  return parse_body(response->body);
}

Result<Object> Client::Impl::object(base::HttpRequest request, const ResourceType& type) {
  auto value = json(std::move(request));
  if (!value) return value.error();
  if (!value->is_object()) return Error::local("the server's answer is not an object");
  fill_type(value->get_object(), type);
  return std::move(value->get_object());
}

Client::Client(ClientConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Client::~Client() = default;
const ClientConfig& Client::config() const {
  return impl_->config;
}
void Client::set_stop(std::stop_token stop) {
  impl_->transport.set_stop(std::move(stop));
}

Result<Object> Client::get(const ResourceType& type, std::string_view ns, std::string_view name) {
  if (name.empty()) return unnamed(type, "get");
  return impl_->object(json_request("GET", type.path(ns, name), nullptr), type);
}

Result<ListPage> Client::list(const ResourceType& type, std::string_view ns, const ListOptions& options) {
  auto value = impl_->json(list_request(type, ns, options), options.stop, kListPatience);
  if (!value) return value.error();
  if (!value->is_object()) return Error::local("the server's answer is not a list");
  auto& list = value->get_object();
  ListPage page;
  page.resource_version = string_at(list, "metadata.resourceVersion");
  page.continue_ = string_at(list, "metadata.continue");
  if (auto* items = list.if_contains("items"); items && items->is_array()) {
    page.items.reserve(items->get_array().size());
    for (auto& item : items->get_array()) {
      if (!item.is_object()) return Error::local("the server's list has an item that is not an object");
      set_type(item.get_object(), type, options.metadata_only);
      page.items.push_back(std::move(item.get_object()));
    }
  }
  return page;
}

Result<ListPage> Client::list_each(const ResourceType& type, std::string_view ns, const ListOptions& options,
                                   const std::function<void(Object)>& on_item) {
  std::size_t unfinished = 0;  // bytes since the last item
  ObjectStream stream({.shape = ObjectStreamOptions::Shape::kList, .managed_fields = false}, [&](Object item) {
    set_type(item, type, options.metadata_only);
    unfinished = 0;
    on_item(std::move(item));
  });
  base::Result<void> parsed;
  auto done = impl_->transport.stream(list_request(type, ns, options),
                                      {.head_timeout = std::max(impl_->config.timeout, kListPatience),
                                       .idle_timeout = impl_->config.timeout,
                                       .stop = options.stop},
                                      [&](std::string_view piece) {
                                        unfinished += piece.size();
                                        parsed = stream.feed(piece);
                                        if (parsed && unfinished > options.max_item_bytes)
                                          parsed = too_long(options.max_item_bytes);
                                        return parsed.ok();
                                      });
  if (!parsed) return Error::from_transport(parsed.error());
  if (!done) return done.error();
  if (auto complete = stream.finish(); !complete) return Error::from_transport(complete.error());
  return ListPage{.items = {}, .resource_version = stream.resource_version(), .continue_ = stream.continue_token()};
}

Result<Object> Client::create(const ResourceType& type, const Object& object, const WriteOptions& options) {
  const auto name = options.subresource.empty() ? std::string_view() : name_of(object);
  Object body(object);
  fill_type(body, type);
  auto target = write_query(options).apply_to(type.path(namespace_of(object), name, options.subresource));
  return impl_->object(json_request("POST", std::move(target), std::move(body)), type);
}

Result<Object> Client::update(const ResourceType& type, const Object& object, const WriteOptions& options) {
  if (name_of(object).empty()) return unnamed(type, "update");
  Object body(object);
  fill_type(body, type);
  auto target = write_query(options).apply_to(type.path(namespace_of(object), name_of(object), options.subresource));
  return impl_->object(json_request("PUT", std::move(target), std::move(body)), type);
}

Result<Object> Client::patch(const ResourceType& type, std::string_view ns, std::string_view name, PatchType patch_type,
                             const json::value& body, const WriteOptions& options) {
  if (name.empty()) return unnamed(type, "patch");
  auto target = write_query(options).apply_to(type.path(ns, name, options.subresource));
  return impl_->object(json_request("PATCH", std::move(target), body, content_type(patch_type)), type);
}

Result<Object> Client::apply(const ResourceType& type, const Object& object, const WriteOptions& options) {
  if (name_of(object).empty()) return unnamed(type, "apply");
  Object body(object);
  fill_type(body, type);
  auto query = write_query(options);
  if (options.force) query.add("force", "true");
  auto target = query.apply_to(type.path(namespace_of(object), name_of(object), options.subresource));
  // JSON is YAML.
  return impl_->object(json_request("PATCH", std::move(target), std::move(body), "application/apply-patch+yaml"), type);
}

Result<void> Client::remove(const ResourceType& type, std::string_view ns, std::string_view name,
                            const DeleteOptions& options) {
  if (name.empty()) return unnamed(type, "delete");
  auto response =
      impl_->transport.call(json_request("DELETE", type.path(ns, name), delete_body(options)), impl_->config.timeout);
  if (!response && !response.error().not_found()) return response.error();
  return {};
}

Result<void> Client::remove_all(const ResourceType& type, std::string_view ns, const ListOptions& which) {
  auto response =
      impl_->transport.call(json_request("DELETE", list_query(which).apply_to(type.path(ns)), delete_body({})),
                            impl_->config.timeout, which.stop);
  if (!response) return response.error();
  return {};
}

Result<json::value> Client::version() {
  return impl_->json(json_request("GET", "/version", nullptr));
}

Result<base::HttpResponse> Client::raw(base::HttpRequest request, base::Duration timeout) {
  return impl_->transport.call(std::move(request), timeout);
}

}  // namespace causeway::kube
