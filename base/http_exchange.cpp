// The worker's side of HttpSession: what a handler sees of a request, each call blocking until the strand has done it.

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <exception>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/http_session.hpp"
#include "base/http_wire.hpp"
#include "base/log.hpp"
#include "base/no_wait.hpp"

namespace causeway::base {

namespace asio = boost::asio;

Result<std::size_t> HttpSession::worker_read(std::span<char> into) {
  const SteadyTime began = std::chrono::steady_clock::now();
  const Duration silence = host_.options().body_timeout;
  const SteadyTime deadline = saturating_add(began, std::min(silence, reading_body_.left()));
  std::unique_lock lock(mutex_);
  for (;;) {
    std::size_t produced = 0;
    const Pull pull = pull_body(into, produced);
    const bool wants_more = !reading_ && !read_error_ && pull != Pull::kComplete;
    if (produced > 0 || pull == Pull::kComplete) {
      lock.unlock();
      if (wants_more) post(&HttpSession::start_read);
      reading_body_.waited(std::chrono::steady_clock::now() - began, produced);
      return produced;
    }
    if (pull == Pull::kBroken) return Error{ErrorCode::kProtocol, "the framing of the request's body is broken"};
    if (pull == Pull::kProgress) continue;
    if (read_error_) return Error{ErrorCode::kIo, "the peer closed the connection in the middle of the request's body"};
    const std::size_t before = inbox_.size();  // now: the strand adds to it as soon as it may
    if (wants_more) {
      lock.unlock();
      post(&HttpSession::start_read);
      lock.lock();
    }
    if (!changed_.wait_until(lock, deadline, [&] { return inbox_.size() > before || read_error_; })) {
      body_broken_ = true;
      lock.unlock();
      note_slow(SlowPeer::kSending);
      if (reading_body_.left() >= silence)
        return Error{ErrorCode::kTimeout, "the peer stopped in the middle of the request's body"};
      return Error{ErrorCode::kTimeout, "the request's body came too slowly: less than " +
                                            std::to_string(host_.options().min_bytes_per_second) + " bytes a second"};
    }
  }
}

Result<void> HttpSession::worker_write(std::string_view bytes) {
  if (bytes.empty()) return {};
  {
    const std::lock_guard lock(mutex_);
    write_result_.reset();
  }
  asio::post(timer_.get_executor(), [self = shared_from_this(), bytes] {
    self->worker_write_offset_ = 0;
    self->start_worker_write(bytes);
  });
  std::unique_lock lock(mutex_);
  // The strand's timer bounds this: it closes the socket, which ends the write.
  changed_.wait(lock, [&] { return write_result_.has_value(); });
  if (!*write_result_) return {};
  if (write_too_slow_)
    return Error{ErrorCode::kTimeout, "the peer was too slow to read the answer: it stopped, or read less than " +
                                          std::to_string(host_.options().min_bytes_per_second) + " bytes a second"};
  return Error{ErrorCode::kIo, "the peer is gone: " + write_result_->message()};
}

void HttpSession::start_worker_write(std::string_view bytes) {
  if (worker_write_offset_ == bytes.size()) return end_worker_write({});
  if (phase_ == Phase::kClosed) return end_worker_write(asio::error::operation_aborted);
  watch_write();
  const std::string_view rest = bytes.substr(worker_write_offset_);
  stream_->write_some(asio::buffer(rest.data(), rest.size()),
                      [self = shared_from_this(), bytes](error_code error, std::size_t n) {
                        if (error) {
                          self->close_now();
                          return self->end_worker_write(error);
                        }
                        self->taken_ += n;
                        self->look_at_write();
                        self->worker_write_offset_ += n;
                        self->start_worker_write(bytes);
                      });
}

void HttpSession::end_worker_write(error_code error) {
  if (!error) disarm();
  {
    const std::lock_guard lock(mutex_);
    write_result_ = error;
  }
  changed_.notify_all();
}

class SessionExchange final : public HttpExchange {
 public:
  explicit SessionExchange(HttpSession& session)
      : session_(session),
        closed_(session.closed_.get_token()),
        http10_(session.parser_->get().version() < 11),
        is_head_(session.request_.method == "HEAD") {}

  const HttpRequest& request() const override { return session_.request_; }
  std::string_view remote() const override { return session_.remote_; }
  std::stop_token closed() const override { return closed_; }

  Result<std::size_t> read(std::span<char> into) override {
    if (into.empty()) return Error{ErrorCode::kInvalidArgument, "reading into an empty buffer"};
    if (std::exchange(session_.expects_continue_, false) && state_ == State::kNothing) {
      if (auto sent = session_.worker_write("HTTP/1.1 100 Continue\r\n\r\n"); !sent) return sent.error();
    }
    return session_.worker_read(into);
  }

  Result<std::string> read_all(std::size_t limit) override {
    const auto length = session_.parser_->content_length();
    const auto refuse = [&] {
      return Error{ErrorCode::kInvalidArgument, "the body is larger than " + std::to_string(limit) + " bytes"};
    };
    if (length && *length > limit) return refuse();
    std::string all;
    std::vector<char> piece(16u << 10);
    for (;;) {
      auto n = read(piece);
      if (!n) return n.error();
      if (*n == 0) return all;
      if (*n > limit - all.size()) return refuse();
      all.append(piece.data(), *n);
    }
  }

  void respond(HttpResponse response) override {
    if (state_ != State::kNothing) {
      log::error("a handler answered a request twice", {{"target", session_.request_.path()}});
      return;
    }
    check(response);
    state_ = State::kDone;
    ResponseFraming framing = framing_of(response, true);
    if (!body_forbidden(response.status)) {
      framing.content_length = response.body.size();
      // The length of what GET would give is the handler's to know.
      if (is_head_ && response.body.empty()) framing.content_length = declared_length(response);
    }
    session_.answer_.push_back(response_head(response, framing, system_clock().wall()));
    if (is_head_ || body_forbidden(response.status)) return;
    if (response.body.size() <= kSentWithHead) {
      session_.answer_.back() += response.body;
    } else {
      session_.answer_.push_back(std::move(response.body));
    }
  }

  Result<void> start(HttpResponse head) override {
    if (state_ != State::kNothing) return Error{ErrorCode::kInvalidArgument, "the response has begun already"};
    check(head);
    length_ = declared_length(head);
    ResponseFraming framing = framing_of(head, false);
    silent_ = is_head_ || body_forbidden(head.status);
    if (!body_forbidden(head.status)) framing.content_length = length_;
    if (!silent_ && !length_) {
      framing.chunked = chunked_ = !http10_;
      if (http10_) framing.keep_alive = keep_alive_ = false;  // the end of the connection is the end of the body
    }
    state_ = State::kStarted;
    return session_.worker_write(response_head(head, framing, system_clock().wall()));
  }

  Result<void> write(std::string_view piece) override {
    if (state_ != State::kStarted) return Error{ErrorCode::kInvalidArgument, "write() without start()"};
    if (silent_ || piece.empty()) return {};
    if (chunked_) {
      std::string chunk = chunk_header(piece.size());
      chunk.reserve(chunk.size() + piece.size() + 2);
      chunk += piece;
      chunk += "\r\n";
      return session_.worker_write(chunk);
    }
    if (length_ && piece.size() > *length_ - written_) {
      return Error{ErrorCode::kInvalidArgument, "more body than the Content-Length of " + std::to_string(*length_)};
    }
    written_ += piece.size();
    return session_.worker_write(piece);
  }

  Result<void> finish() override {
    if (state_ != State::kStarted) return Error{ErrorCode::kInvalidArgument, "finish() without start()"};
    if (!silent_ && length_ && written_ != *length_) {
      return Error{ErrorCode::kInvalidArgument, "less body than the Content-Length of " + std::to_string(*length_)};
    }
    if (chunked_) {
      if (auto sent = session_.worker_write("0\r\n\r\n"); !sent) return sent;
    }
    state_ = State::kDone;
    return {};
  }

  // Whether the peer got, or will get, an answer it can tell the end of.
  bool intact() const { return state_ == State::kDone; }
  bool untouched() const { return state_ == State::kNothing; }
  bool keep_alive() const { return keep_alive_; }

 private:
  static constexpr std::size_t kSentWithHead = 64u << 10;
  enum class State { kNothing, kStarted, kDone };

  void check(HttpResponse& response) {
    if (response.status < 200 || response.status > 999) {
      log::error("a handler answered with a status that is none", {{"status", response.status}});
      response = text_response(500, "500 Internal Server Error\n");
    }
    for (const auto& [name, value] : response.headers) {
      if (!valid_field_name(name) || !valid_field_value(value)) {
        log::error("a handler's header holds characters that no header can, and is left out", {{"header", name}});
      }
    }
  }

  ResponseFraming framing_of(const HttpResponse& response, bool last) {
    keep_alive_ = session_.parser_->keep_alive() && !list_contains(response.headers, "Connection", "close") &&
                  !session_.host_.draining() && session_.body_complete(last);
    ResponseFraming framing;
    framing.http10 = http10_;
    framing.keep_alive = keep_alive_;
    return framing;
  }

  static std::optional<std::uint64_t> declared_length(const HttpResponse& response) {
    const auto text = response.headers.get("Content-Length");
    if (!text) return std::nullopt;
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return length;
  }

  HttpSession& session_;
  const std::stop_token closed_;
  const bool http10_, is_head_;
  State state_ = State::kNothing;
  bool keep_alive_ = false, chunked_ = false, silent_ = false;
  std::optional<std::uint64_t> length_;
  std::uint64_t written_ = 0;
};

bool HttpSession::answered_at_once() {
  SessionExchange exchange(*this);
  try {
    const NoWait here;
    if (!host_.at_once()(exchange)) return false;
  } catch (const std::exception& e) {
    log::error("a request's answer at once failed",
               {{"method", request_.method}, {"path", request_.path()}, {"error", e.what()}});
    if (exchange.untouched()) exchange.respond(text_response(500, "500 Internal Server Error\n"));
  }
  finish_exchange(exchange.intact(), exchange.keep_alive());
  return true;
}

void HttpSession::run_handler() {
  SessionExchange exchange(*this);
  std::string fault;
  try {
    if (host_.stream_handler()) {
      host_.stream_handler()(exchange);
    } else {
      exchange.respond(host_.handler()(request_));
    }
    // To a peer that is gone no answer is owed.
    if (exchange.untouched() && !exchange.closed().stop_requested()) fault = "the handler gave no answer";
  } catch (const std::exception& e) {
    fault = e.what();
  } catch (...) {
    fault = "an exception of unknown type";
  }
  if (!fault.empty()) {
    log::error("a request's handler failed",
               {{"method", request_.method}, {"path", request_.path()}, {"error", fault}});
    if (exchange.untouched()) exchange.respond(text_response(500, "500 Internal Server Error\n"));
  }
  asio::post(timer_.get_executor(),
             [self = shared_from_this(), intact = exchange.intact(), keep_alive = exchange.keep_alive()] {
               self->finish_exchange(intact, keep_alive);
             });
}

}  // namespace causeway::base
