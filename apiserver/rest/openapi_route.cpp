#include <memory>
#include <mutex>

#include "apiserver/rest/etag.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/rest/openapi.hpp"
#include "base/encoding.hpp"

namespace causeway::api::rest {

void serve_openapi(std::vector<Route>& routes, const ApiInfo& info) {
  struct Document {
    std::vector<Route> routes;
    std::once_flag made;
    std::string text, etag;
  };
  const auto document = std::make_shared<Document>();
  Route route{.method = Method::kGet,
              .path = "/openapi.json",
              .summary = "This document",
              .tag = "server",
              .etag = true,
              .run = answers([](Call&) -> Outcome<Raw> { return Answer<Raw>{}; })};
  document->routes = routes;
  document->routes.push_back(route);  // as it is described; with what it does, it would keep the document for ever
  route.run = answers([document, info](Call&) -> Outcome<Raw> {
    std::call_once(document->made, [&] {
      document->text = pretty(openapi_document(document->routes, info));
      document->etag = strong_etag(base::sha256_hex(document->text).substr(0, 32));
      document->routes.clear();
    });
    return Answer<Raw>{.value = {document->text}, .etag = document->etag};
  });
  routes.push_back(std::move(route));
}

}  // namespace causeway::api::rest
