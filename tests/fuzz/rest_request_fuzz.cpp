// Any bytes as a request of the API server: its first line is method and target, then header fields up to an empty
// line, then the body. What base lets through meets the whole pipeline. Every answer is one that the OpenAPI document
// declares, none is a 5xx, and none holds a header that was smuggled in.

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "apiserver/rest/api.hpp"
#include "apiserver/rest/contract.hpp"
#include "apiserver/rest/openapi.hpp"
#include "apiserver/rest/page.hpp"
#include "base/header_validator.hpp"
#include "base/log.hpp"
#include "fuzz.hpp"

namespace {

using namespace causeway::api::rest;
namespace base = causeway::base;
namespace kube = causeway::kube;
using causeway::fuzz::require;

enum class Kind { model, dataset };
BOOST_DESCRIBE_ENUM(Kind, model, dataset)

struct Item {
  std::string name, text;
  std::int64_t number = 0;
  std::vector<std::string> tags;
  std::optional<Kind> kind;
  std::map<std::string, std::string> labels;
  boost::json::value anything;
  bool operator==(const Item&) const = default;
};
BOOST_DESCRIBE_STRUCT(Item, (), (name, text, number, tags, kind, labels, anything))
constexpr auto field_rows(const Item*) {
  return std::array{
      kube::Row{
          .member = "name", .doc = "N.", .required = true, .max_length = 20, .pattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$"},
      kube::Row{.member = "text", .doc = "T.", .format = "date-time"},
      kube::Row{.member = "number", .doc = "N.", .minimum = -5, .maximum = 5},
      kube::Row{.member = "tags", .doc = "T.", .max_items = 3, .list = kube::ListType::Set},
      kube::Row{.member = "kind", .doc = "K."},
      kube::Row{.member = "labels", .doc = "L.", .max_properties = 2, .max_value_length = 5},
      kube::Row{.member = "anything", .doc = "A."},
  };
}

struct ItemPath {
  std::string name, path;
};
BOOST_DESCRIBE_STRUCT(ItemPath, (), (name, path))
constexpr auto field_rows(const ItemPath*) {
  return std::array{kube::Row{.member = "name", .doc = "N.", .required = true, .max_length = 20},
                    kube::Row{.member = "path", .doc = "P.", .required = true}};
}

struct ItemQuery : PageQuery {
  std::vector<Kind> kind;
  bool all = false;
  double near = 0;
};
BOOST_DESCRIBE_STRUCT(ItemQuery, (PageQuery), (kind, all, near))
constexpr auto field_rows(const ItemQuery*) {
  return std::array{kLimitRow, kCursorRow, kube::Row{.member = "kind", .doc = "K."},
                    kube::Row{.member = "all", .doc = "A."}, kube::Row{.member = "near", .doc = "N."}};
}

class Authenticated final : public Authenticator {
  base::Result<std::shared_ptr<const Caller>, Problem> authenticate(const base::HttpRequest& request, std::string_view,
                                                                    base::Headers&) override {
    auto caller = std::make_shared<Caller>();
    if (const auto who = request.headers.get("Authorization")) {
      caller->id = std::string(*who);
      caller->proof = Proof::kAuthorization;
      caller->role = Role::kUser;
    }
    return std::shared_ptr<const Caller>(std::move(caller));
  }
};

// Without dot segments, empty ones and NUL: what a handler may rely on.
void look_at(const ItemPath& path) {
  for (const std::string* text : {&path.name, &path.path}) require(text->find('\0') == std::string::npos, "no NUL");
  require(path.path != ".." && path.path.find("../") != 0 && path.path.find("/../") == std::string::npos &&
              !path.path.ends_with("/..") && path.path.find("//") == std::string::npos && !path.path.starts_with("/"),
          "a path stays where it is");
}

std::vector<Route> table() {
  std::vector<Route> routes{
      {.path = "/items",
       .summary = "L",
       .tag = "t",
       .run = answers([](Call& call, const Query<ItemQuery>& query) -> Outcome<Page<Item>> {
         require(query->limit >= 1 && query->limit <= 100, "bounds hold");
         if (const auto after = call.after(query->cursor); !after) return after.error();
         std::vector<Item> items(static_cast<std::size_t>(query->limit) + 1);
         for (Item& item : items) item.name = "a";
         return page_of(call, query.value, std::move(items),
                        [](const Item& i) { return json::array{json::value(i.name)}; });
       })},
      {.method = Method::kPost,
       .path = "/items",
       .summary = "C",
       .tag = "t",
       .max_body = 4096,
       .run = answers([](Call&, const Body<Item>& body) -> Outcome<Item> { return Answer<Item>{body.value}; })},
      {.method = Method::kPut,
       .path = "/items/{name}/{path...}",
       .summary = "P",
       .tag = "t",
       .etag = true,
       .if_match = true,
       .run = answers([](Call& call, const Path<ItemPath>& path, const Body<Item>& body) -> Outcome<Item> {
         look_at(path.value);
         if (auto holds = call.require("\"1\""); !holds) return holds.error();
         return Answer<Item>{.value = body.value, .etag = "\"2\""};
       })},
      {.path = "/items/{name}/{path...}",
       .summary = "G",
       .tag = "t",
       .etag = true,
       .run = answers([](Call&, const Path<ItemPath>& path) -> Outcome<Item> {
         look_at(path.value);
         return Answer<Item>{.value = {.name = "a", .text = "2026-11-24T10:00:00Z"}, .etag = "\"1\""};
       })},
  };
  serve_openapi(routes, {});
  return routes;
}

class MemoryExchange final : public base::HttpExchange {
 public:
  explicit MemoryExchange(base::HttpRequest request) : request_(std::move(request)), left_(request_.body) {}
  const base::HttpRequest& request() const override { return request_; }
  std::string_view remote() const override { return "10.0.0.1:80"; }
  std::stop_token closed() const override { return {}; }
  base::Result<std::size_t> read(std::span<char> into) override {
    const std::size_t n = std::min(into.size(), left_.size());
    std::copy_n(left_.begin(), n, into.begin());
    left_.remove_prefix(n);
    return n;
  }
  base::Result<std::string> read_all(std::size_t) override { return std::string(left_); }
  void respond(base::HttpResponse response) override { answer = std::move(response); }
  base::Result<void> start(base::HttpResponse) override { return {}; }
  base::Result<void> write(std::string_view) override { return {}; }
  base::Result<void> finish() override { return {}; }

  std::optional<base::HttpResponse> answer;

 private:
  base::HttpRequest request_;
  std::string_view left_;
};

std::string_view line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view front = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return front;
}

// nullopt: base would have refused it.
std::optional<base::HttpRequest> request_of(std::string_view text) {
  base::HttpRequest request;
  const std::string_view first = line(text);
  const std::size_t space = first.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  request.method = first.substr(0, space);
  request.target = first.substr(space + 1);
  request.headers.set("Host", "a");
  for (std::string_view field = line(text); !field.empty(); field = line(text)) {
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view value = field.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    request.headers.add(field.substr(0, colon), std::string(value));
  }
  request.body = text;
  if (!text.empty() && !request.headers.get("Content-Length"))
    request.headers.add("Content-Length", std::to_string(text.size()));
  if (base::validate_head(11, request)) return std::nullopt;
  return request;
}

struct Server {
  Server() {
    base::log::set_level(base::log::Level::kError);
    ApiOptions options;
    options.secret = std::string(32, 's');
    options.rate_classes = {{"default", 1000000000, std::chrono::seconds(1)}};
    options.trusted_proxies = *TrustedProxies::parse({"10.0.0.0/8"});
    options.access_log = false;
    api.emplace(std::move(options), table(), authenticator, nullptr, base::system_clock(), metrics);
    contract.emplace(std::move(Contract::parse(pretty(openapi_document(table(), {})))).value());
  }
  Authenticated authenticator;
  base::MetricsRegistry metrics;
  std::optional<Api> api;
  std::optional<Contract> contract;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Server server;
  auto request = request_of(causeway::fuzz::text_of(data, size));
  if (!request) return 0;
  MemoryExchange exchange(std::move(*request));
  server.api->handle(exchange);
  require(exchange.answer.has_value(), "every request is answered");
  const auto& answer = *exchange.answer;
  require(answer.status >= 200 && answer.status < 500, "no input is a failure of ours");
  for (const auto& [name, value] : answer.headers) {
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a header is one line");
  }
  for (const std::string& wrong :
       server.contract->violations(exchange.request().method, exchange.request().target, answer))
    require(false, wrong.c_str());
  return 0;
}
