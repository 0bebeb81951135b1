#pragma once
// The role web on a database of its own, and browsers that talk to it. Every answer is held against the OpenAPI
// document.

#include <boost/json.hpp>
#include <map>
#include <mutex>
#include <optional>

#include "apiserver/rest/contract.hpp"
#include "apiserver/server.hpp"
#include "base/http_client.hpp"
#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api {

namespace json = boost::json;

// Takes the codes that are delivered, as an SMS provider's webhook would.
class Mailbox {
 public:
  Mailbox();
  std::string url() const;
  // The last code that came for `to`; "" when none did.
  std::string code(const std::string& to) const;
  std::size_t count() const;  // of codes
  // "ada@example.org: email_changed", in the order in which they came.
  std::vector<std::string> notices() const;
  void answer(int status) { status_ = status; }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> codes_;
  std::vector<std::string> notices_;
  std::size_t count_ = 0;
  std::atomic<int> status_ = 204;
  std::unique_ptr<base::HttpServer> server_;
};

// What a page's script in a browser sends, and its cookies.
class Browser {
 public:
  Browser(std::uint16_t port, const rest::Contract& contract, std::string address = "");

  base::HttpResponse get(const std::string& target, base::Headers headers = {});
  base::HttpResponse post(const std::string& target, const json::value& body, base::Headers headers = {});
  base::HttpResponse send(std::string method, const std::string& target, const std::optional<json::value>& body = {},
                          base::Headers headers = {});
  base::HttpResponse call(base::HttpRequest request);

  std::map<std::string, std::string> cookies;

 private:
  base::HttpClient http_;
  const rest::Contract& contract_;
  std::string address_;
};

json::object object_of(const base::HttpResponse& answer);
std::string text_of(const base::HttpResponse& answer, std::string_view member);
// "urn:causeway:problem:<slug>" → slug; "" of what is no problem.
std::string slug(const base::HttpResponse& answer);

class WebTest : public database::MigratedDatabaseTest {
 protected:
  void SetUp() override;
  // Another replica on the same database. It is ready when it is returned.
  std::unique_ptr<Server> replica();
  Browser browser(std::string address = "");
  Browser browser_of(const Server& server);
  // A user who signed in with a code and chose a name.
  Browser user(const std::string& name);

  // Before SetUp(), by the constructor of a derived fixture.
  PeopleOptions people = {.passwords = {.memory_kib = 64}};
  RequestRates rates;
  std::string public_url;
  std::optional<kube::ClientConfig> kubernetes;
  std::string hub_url;
  std::vector<std::string> trusted_proxies{"127.0.0.1"};

  base::ManualClock clock{base::system_clock().wall()};
  Mailbox mailbox;
  inline static std::optional<rest::Contract> contract;  // of this program, whichever server tells it
  std::unique_ptr<Server> server;
};

}  // namespace causeway::api
