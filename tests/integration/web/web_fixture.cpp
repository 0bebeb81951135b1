#include "tests/integration/web/web_fixture.hpp"

#include "apiserver/routes.hpp"

namespace causeway::api {

Mailbox::Mailbox() {
  auto started = base::HttpServer::start({}, base::HttpServer::Handler([this](const base::HttpRequest& request) {
                                           const auto message = json::parse(request.body).as_object();
                                           const std::lock_guard lock(mutex_);
                                           const std::string to(message.at("to").as_string());
                                           if (const auto* notice = message.if_contains("notice")) {
                                             notices_.push_back(to + ": " + std::string(notice->as_string()));
                                           } else {
                                             codes_[to] = std::string(message.at("code").as_string());
                                             ++count_;
                                           }
                                           return base::HttpResponse{status_, {}, {}};
                                         }));
  server_ = std::move(started).value();
}

std::string Mailbox::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) + "/codes";
}

std::string Mailbox::code(const std::string& to) const {
  const std::lock_guard lock(mutex_);
  const auto found = codes_.find(to);
  return found == codes_.end() ? "" : found->second;
}

std::vector<std::string> Mailbox::notices() const {
  const std::lock_guard lock(mutex_);
  return notices_;
}

std::size_t Mailbox::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

Browser::Browser(std::uint16_t port, const rest::Contract& contract, std::string address)
    : http_({.base_url = "http://127.0.0.1:" + std::to_string(port)}),
      contract_(contract),
      address_(std::move(address)) {}

base::HttpResponse Browser::get(const std::string& target, base::Headers headers) {
  return send("GET", target, {}, std::move(headers));
}

base::HttpResponse Browser::post(const std::string& target, const json::value& body, base::Headers headers) {
  return send("POST", target, body, std::move(headers));
}

base::HttpResponse Browser::send(std::string method, const std::string& target, const std::optional<json::value>& body,
                                 base::Headers headers) {
  base::HttpRequest request{.method = std::move(method), .target = target, .headers = std::move(headers)};
  if (body) {
    request.headers.set("Content-Type", "application/json");
    request.body = json::serialize(*body);
  }
  return call(std::move(request));
}

base::HttpResponse Browser::call(base::HttpRequest request) {
  const auto add = [&](std::string_view name, std::string value) {
    if (!request.headers.get(name)) request.headers.set(std::string(name), std::move(value));
  };
  add("Sec-Fetch-Site", "same-origin");
  add("X-Causeway-Request", "1");
  add("User-Agent", "Mozilla/5.0 (test)");
  if (!address_.empty()) add("X-Forwarded-For", address_);
  std::string all;
  for (const auto& [name, value] : cookies) all += (all.empty() ? "" : "; ") + name + "=" + value;
  if (!all.empty()) add("Cookie", all);
  auto answered = http_.call(request);
  if (!answered) {
    ADD_FAILURE() << request.method << " " << request.target << ": " << answered.error().message;
    return {.status = 0, .headers = {}, .body = {}};
  }
  for (const auto& wrong : contract_.violations(request.method, request.target, *answered))
    ADD_FAILURE() << request.method << " " << request.target << ": " << wrong << "\n" << answered->body;
  for (const auto& [name, value] : answered->headers) {
    if (name != "Set-Cookie") continue;
    const auto pair = value.substr(0, value.find(';'));
    const auto key = pair.substr(0, pair.find('='));
    if (value.find("Max-Age=0") != std::string::npos) {
      cookies.erase(key);
    } else {
      cookies[key] = pair.substr(key.size() + 1);
    }
  }
  return std::move(*answered);
}

json::object object_of(const base::HttpResponse& answer) {
  boost::system::error_code error;
  auto value = json::parse(answer.body, error);
  return !error && value.is_object() ? value.as_object() : json::object{};
}

std::string text_of(const base::HttpResponse& answer, std::string_view member) {
  const auto object = object_of(answer);
  const auto* found = object.if_contains(member);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::string slug(const base::HttpResponse& answer) {
  const auto type = text_of(answer, "type");
  constexpr std::string_view kPrefix = "urn:causeway:problem:";
  return type.starts_with(kPrefix) ? type.substr(kPrefix.size()) : std::string();
}

void WebTest::SetUp() {
  MigratedDatabaseTest::SetUp();
  if (IsSkipped()) return;
  server = replica();
  if (contract) return;
  auto parsed =
      rest::Contract::parse(base::HttpClient({.base_url = "http://127.0.0.1:" + std::to_string(server->port())})
                                .call({.target = "/openapi.json"})
                                .value()
                                .body);
  contract.emplace(std::move(parsed).value());
}

std::unique_ptr<Server> WebTest::replica() {
  ServerOptions options;
  options.role = ServerRole::kWeb;
  options.listen = "127.0.0.1:0";
  options.workers = 8;
  options.trusted_proxies = trusted_proxies;
  options.public_url = public_url;
  options.kubernetes = kubernetes;
  options.hub_url = hub_url;
  options.secret = std::string(32, 's');
  options.people = people;
  options.rates = rates;
  options.people.database = settings;
  options.people.delivery = account::WebhookDeliveryOptions{.url = mailbox.url()};
  auto started = Server::start(options, clock).value();
  base::HttpClient http({.base_url = "http://127.0.0.1:" + std::to_string(started->port())});
  EXPECT_TRUE(database::eventually([&] {
    const auto ready = http.call({.target = "/readyz"});
    return ready && ready->status == 200;
  }));
  return started;
}

Browser WebTest::browser(std::string address) {
  return Browser(server->port(), *contract, std::move(address));
}

Browser WebTest::browser_of(const Server& other) {
  return Browser(other.port(), *contract);
}

Browser WebTest::user(const std::string& name) {
  auto made = browser();
  const auto email = name + "@example.org";
  EXPECT_EQ(made.post("/email_code", {{"email", email}}).status, 200);
  EXPECT_EQ(made.post("/login", {{"email", email}, {"code", mailbox.code(email)}}).status, 200);
  EXPECT_EQ(made.post("/api/v1/me/initialisation", {{"name", name}}).status, 200);
  return made;
}

}  // namespace causeway::api
