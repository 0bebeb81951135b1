#pragma once
// A browser as far as a provider's pages need one: cookies with their paths, redirects, links and forms.

#include <map>
#include <string>
#include <utility>

#include "base/http_client.hpp"

namespace causeway::api::oauth {

class Browser {
 public:
  // Knows one site; pages elsewhere are not loaded.
  Browser(std::string origin, std::string ca_pem);

  struct Page {
    std::string url;   // where the redirects led to
    std::string body;  // "" of a page elsewhere
  };
  Page open(const std::string& url);
  // The page's only form, with its hidden fields and these.
  Page submit(const Page& page, std::map<std::string, std::string> fields = {});
  // The link whose address ends like this.
  Page follow(const Page& page, const std::string& end);

 private:
  Page go(base::HttpRequest request);
  void keep_cookies(const base::HttpResponse& response, const std::string& path);
  std::string cookies_for(std::string_view path) const;

  const std::string origin_;
  base::HttpClient client_;
  std::map<std::pair<std::string, std::string>, std::string> cookies_;  // by name and path
};

}  // namespace causeway::api::oauth
