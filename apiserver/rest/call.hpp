#pragma once
// One request while its handler works on it. Used by one thread.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/rest/caller.hpp"
#include "apiserver/rest/cursor.hpp"
#include "apiserver/rest/problem.hpp"
#include "apiserver/rest/target.hpp"
#include "base/clock.hpp"
#include "base/http_server.hpp"

namespace causeway::api::rest {

namespace json = boost::json;

struct IdempotencyKey;
struct Route;

class Call {
 public:
  struct Parts {
    base::HttpExchange& exchange;
    const Route& route;
    const CursorSealer& cursors;
    std::string request_id, client_address;
  };
  explicit Call(Parts parts) : parts_(std::move(parts)) {}

  const base::HttpRequest& request() const { return parts_.exchange.request(); }
  const Caller& caller() const { return *caller_; }
  std::string_view request_id() const { return parts_.request_id; }
  std::string_view client_address() const { return parts_.client_address; }
  // Of a create; null where the route takes none. What is kept is kept together with it (persistence::done_under).
  const IdempotencyKey* idempotency_key() const { return idempotency_key_; }
  // Of the server's clock. What takes longer is of no use to the client any more.
  base::SteadyTime deadline() const { return deadline_; }
  std::stop_token closed() const { return parts_.exchange.closed(); }  // the client has gone

  // Fields of the answer whatever it becomes, a problem included: Set-Cookie.
  base::Headers& answer_headers() { return answer_headers_; }

  // Of streaming routes: the handler reads the body and answers here. Security headers, request id and
  // answer_headers() are added to what it starts.
  base::HttpExchange& exchange() { return parts_.exchange; }

  // If-Match and If-None-Match against the tag of what is there now (nullopt: nothing is). 400 or 412.
  base::Result<void, Problem> require(const std::optional<std::string>& current_etag) const;

  // Where this page begins: what page() sealed into the last one. nullopt: at the beginning. 400: not a cursor of this
  // list with these filters (the query without `cursor` and `limit`, in whatever order).
  base::Result<std::optional<json::array>, Problem> after(const std::string& cursor) const;
  std::string next_cursor(const json::array& position) const;
  // `<…?limit=50&cursor=…>; rel="next"` (RFC 8288), relative to the server.
  std::string next_link(std::string_view cursor) const;

  // For the access log: who the protocol behind a streaming route found, and what went wrong.
  void note_user(std::string user) { user_ = std::move(user); }
  void note_error(std::string error) { error_ = std::move(error); }

 private:
  friend class Api;
  std::string list_name() const;

  Parts parts_;
  std::shared_ptr<const Caller> caller_;
  const IdempotencyKey* idempotency_key_ = nullptr;
  QueryParameters query_;
  base::SteadyTime deadline_{};
  base::Headers answer_headers_;
  std::string user_, error_;
  std::string problem_;  // the slug of what it was refused with; "": it was not
};

}  // namespace causeway::api::rest
