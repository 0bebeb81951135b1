#include <memory>

#include "apiserver/rest/etag.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/rest/openapi.hpp"
#include "base/encoding.hpp"

namespace causeway::api::rest {

void serve_openapi(std::vector<Route>& routes, const ApiInfo& info) {
  struct Document {
    std::string text, etag;
  };
  const auto document = std::make_shared<Document>();
  routes.push_back({.method = Method::kGet,
                    .path = "/openapi.json",
                    .summary = "This document",
                    .tag = "server",
                    .etag = true,
                    .run = answers([document](Call&) -> Outcome<Raw> {
                      return Answer<Raw>{.value = {document->text}, .etag = document->etag};
                    })});
  document->text = pretty(openapi_document(routes, info));
  document->etag = strong_etag(base::sha256_hex(document->text).substr(0, 32));
}

}  // namespace causeway::api::rest
