#include "apiserver/rest/request_body.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace causeway::api::rest {
namespace {

constexpr std::size_t kPiece = 16u << 10;

std::optional<std::uint64_t> declared_length(const base::HttpRequest& request) {
  const auto text = request.headers.get("Content-Length");
  std::uint64_t length = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), length).ec != std::errc())
    return std::nullopt;
  return length;
}

}  // namespace

Problem memory_is_full() {
  return unavailable("other bodies fill the server's memory", std::chrono::seconds(1));
}

bool BodyBudget::take(std::size_t bytes) {
  const auto size = static_cast<std::int64_t>(bytes);
  if ((left_ -= size) >= 0) return true;
  left_ += size;
  return false;
}

RequestBody::~RequestBody() {
  if (taken_ > 0) budget_.give_back(taken_);
}

RequestBody::RequestBody(RequestBody&& other) noexcept
    : budget_(other.budget_), taken_(std::exchange(other.taken_, 0)), text_(std::move(other.text_)) {}

base::Result<RequestBody, Problem> RequestBody::read(base::HttpExchange& exchange, std::size_t limit,
                                                     const base::Clock& clock, base::SteadyTime deadline,
                                                     BodyBudget& budget) {
  const auto too_large = [&] {
    return Problem(kTooLarge, "the body may have " + std::to_string(limit) + " bytes at most");
  };
  const auto length = declared_length(exchange.request());
  if (length && *length > limit) return too_large();
  RequestBody body(budget);
  std::size_t size = 0;
  for (;;) {
    // One byte more than is declared, so that the end is found without another piece.
    const std::size_t room = length ? static_cast<std::size_t>(*length) + 1 : std::max(kPiece, 2 * size);
    if (size == body.text_.size()) {
      const std::size_t grown = std::max(room, size + 1);
      if (!budget.take(grown - body.taken_)) return memory_is_full();
      body.taken_ = grown;
      body.text_.resize(grown);
    }
    const auto got = exchange.read({body.text_.data() + size, body.text_.size() - size});
    if (!got && got.error().code == base::ErrorCode::kTimeout) return Problem(kTimeout, got.error().message);
    if (!got) return Problem(kBadRequest, got.error().message);
    if (*got == 0) break;
    size += *got;
    if (size > limit) return too_large();
    if (clock.steady() > deadline) return Problem(kTimeout, "the body took too long");
  }
  body.text_.resize(size);
  return body;
}

bool RequestBody::take(std::size_t bytes) {
  if (!budget_.take(bytes)) return false;
  taken_ += bytes;
  return true;
}

bool has_body(const base::HttpRequest& request) {
  if (request.headers.get("Transfer-Encoding")) return true;
  const auto length = declared_length(request);
  return length && *length > 0;
}

}  // namespace causeway::api::rest
