#pragma once
// Reads a request's body into memory, within limits.

#include <atomic>
#include <string>

#include "apiserver/rest/problem.hpp"
#include "base/clock.hpp"
#include "base/http_server.hpp"

namespace causeway::api::rest {

// The answer where the budget is spent: 503.
Problem memory_is_full();

// Memory that all buffered bodies together may take, with what is parsed of them. Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes) : left_(static_cast<std::int64_t>(bytes)) {}
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { left_ += static_cast<std::int64_t>(bytes); }

 private:
  std::atomic<std::int64_t> left_;
};

// A body and its share of the budget.
class RequestBody {
 public:
  // 413 beyond `limit` bytes, 408 after `deadline` or the server's limit of silence, 503 when the budget is spent, 400
  // when the framing breaks or the client goes.
  static base::Result<RequestBody, Problem> read(base::HttpExchange& exchange, std::size_t limit,
                                                 const base::Clock& clock, base::SteadyTime deadline,
                                                 BodyBudget& budget);
  ~RequestBody();
  RequestBody(RequestBody&& other) noexcept;
  RequestBody& operator=(RequestBody&&) = delete;

  const std::string& text() const { return text_; }
  // For what is made of it, as long as it lives. False: the budget does not have that.
  bool take(std::size_t bytes);

 private:
  explicit RequestBody(BodyBudget& budget) : budget_(budget) {}
  BodyBudget& budget_;
  std::size_t taken_ = 0;
  std::string text_;
};

// Whether the request has a body at all, by its header.
bool has_body(const base::HttpRequest& request);

}  // namespace causeway::api::rest
