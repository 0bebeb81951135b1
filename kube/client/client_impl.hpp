#pragma once
// What the parts of Client share. Private to kube/client.

#include "kube/client/client.hpp"
#include "kube/client/transport.hpp"

namespace causeway::kube {

struct Client::Impl {
  explicit Impl(ClientConfig c) : config(std::move(c)), transport(config) {}

  const ClientConfig config;
  Transport transport;

  Result<json::value> json(base::HttpRequest request, std::stop_token stop = {}, base::Duration timeout = {});
  Result<Object> object(base::HttpRequest request, const ResourceType& type);
};

// "?a=b&c=d" from non-empty values, percent-encoded.
class Query {
 public:
  Query& add(std::string_view name, std::string_view value);
  std::string apply_to(std::string path) const { return path + text_; }

 private:
  std::string text_;
};

base::HttpRequest json_request(std::string_view method, std::string target, const json::value& body,
                               std::string_view content_type = "application/json");
// apiVersion and kind are not in the items of a list.
void fill_type(Object& object, const ResourceType& type);
// Asks for metadata alone; `what` is "PartialObjectMetadata" or "PartialObjectMetadataList".
void accept_metadata_only(base::HttpRequest& request, std::string_view what);
// What came as a PartialObjectMetadata is still an object of its type.
void restore_type(Object& object, const ResourceType& type);
Result<json::value> parse_body(const std::string& body);
Query list_query(const ListOptions& options);

}  // namespace causeway::kube
