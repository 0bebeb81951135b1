#include "base/http_session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/http_wire.hpp"
#include "base/log.hpp"

namespace causeway::base {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kReadHead = 4u << 10, kReadPiece = 16u << 10;
constexpr std::size_t kReadAhead = 64u << 10;  // of body or pipelined requests, before the peer has to wait
constexpr Duration kLinger = std::chrono::seconds(2);

}  // namespace

HttpSession::HttpSession(HttpSessionHost& host, std::unique_ptr<AsyncStream> stream, std::string remote)
    : host_(host), stream_(std::move(stream)), remote_(std::move(remote)), timer_(stream_->socket().get_executor()) {}

HttpSession::~HttpSession() {
  host_.session_ended(this);
}

void HttpSession::post(void (HttpSession::*action)()) {
  asio::post(timer_.get_executor(), [self = shared_from_this(), action] { (self.get()->*action)(); });
}

void HttpSession::arm(Duration after, Action action) {
  const std::uint64_t mine = ++timer_generation_;
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this(), mine, action](error_code error) {
    if (!error && mine == self->timer_generation_) (self.get()->*action)();
  });
}

void HttpSession::disarm() {
  ++timer_generation_;
  timer_.cancel();
}

void HttpSession::begin() {
  asio::post(timer_.get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::kClosed) return;
    if (self->stream_->session() == nullptr) return self->await_request();
    self->arm(self->host_.options().header_timeout, &HttpSession::close_now);
    self->stream_->handshake(true, [self](error_code error) {
      if (self->phase_ == Phase::kClosed) return;
      if (error) return self->close_now();
      self->await_request();
    });
  });
}

void HttpSession::drain() {
  asio::post(timer_.get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::kHandshake || self->phase_ == Phase::kHead) self->close_now();
  });
}

void HttpSession::abort() {
  post(&HttpSession::close_now);
}

void HttpSession::await_request() {
  phase_ = Phase::kHead;
  head_begun_ = false;
  if (host_.draining()) return close_now();
  arm(first_request_ ? host_.options().header_timeout : host_.options().idle_timeout, &HttpSession::close_now);
  try_head();
}

// One read at a time, as long as there is room: without it the peer feels back-pressure.
void HttpSession::start_read() {
  if (phase_ == Phase::kClosed || phase_ == Phase::kClosing) return;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t limit = std::max(kReadAhead, host_.options().max_header_bytes + kReadPiece);
    if (reading_ || read_error_ || inbox_.size() >= limit) return;
    reading_ = true;
  }
  // Small while nothing is asked: most connections of a busy server are idle.
  read_buffer_.resize(phase_ == Phase::kHead ? kReadHead : kReadPiece);
  stream_->read_some(asio::buffer(read_buffer_),
                     [self = shared_from_this()](error_code error, std::size_t bytes) { self->on_read(error, bytes); });
}

void HttpSession::on_read(error_code error, std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    if (error) {
      read_error_ = error;
    } else {
      const auto space = inbox_.prepare(bytes);
      std::memcpy(space.data(), read_buffer_.data(), bytes);
      inbox_.commit(bytes);
    }
  }
  changed_.notify_all();
  switch (phase_) {
    case Phase::kHandshake:
    case Phase::kClosed:
      return;
    case Phase::kHead:
      return error ? close_now() : try_head();
    case Phase::kBody:
      return error ? close_now() : try_body();
    case Phase::kHandler:
      if (error) closed_.request_stop();
      return start_read();
    case Phase::kWriting:
      // A peer that has said all it will say may still listen.
      if (error && error != asio::error::eof) close_now();
      return;
    case Phase::kClosing:
      return shut_down();
  }
}

void HttpSession::try_head() {
  std::string head;
  bool begun = false;
  {
    const std::lock_guard lock(mutex_);
    const std::string_view arrived(static_cast<const char*>(inbox_.data().data()), inbox_.size());
    const HeadScan scan = scan_head(arrived);
    begun = arrived.size() > scan.skip;
    const std::size_t limit = host_.options().max_header_bytes;
    if (scan.size > limit || (scan.size == 0 && arrived.size() - scan.skip >= limit)) {
      head.clear();
      inbox_.clear();
      asio::post(timer_.get_executor(), [self = shared_from_this(), limit] {
        self->refuse({431, "the header is larger than " + std::to_string(limit) + " bytes"});
      });
      phase_ = Phase::kWriting;
      return;
    }
    if (scan.refusal) {
      asio::post(timer_.get_executor(), [self = shared_from_this(), why = *scan.refusal] { self->refuse(why); });
      phase_ = Phase::kWriting;
      return;
    }
    if (scan.size > 0) {
      head.assign(arrived.substr(scan.skip, scan.size));
      inbox_.consume(scan.skip + scan.size);
    }
  }
  if (!head.empty()) return accept_request(head);
  if (begun && !head_begun_) {
    // From here on the whole header has to come in time, however steadily its bytes drip.
    head_begun_ = true;
    arm(host_.options().header_timeout, &HttpSession::answer_late_head);
  }
  start_read();
}

void HttpSession::answer_late_head() {
  refuse({408, "the header did not come in time"});
}

void HttpSession::accept_request(std::string_view head) {
  disarm();
  first_request_ = false;
  parser_.emplace();
  // The header's size was judged already; the limit bounds what may come behind the body, as trailers.
  parser_->header_limit(static_cast<std::uint32_t>(head.size() + host_.options().max_header_bytes));
  parser_->body_limit(boost::none);
  error_code error;
  parser_->put(asio::buffer(head.data(), head.size()), error);
  if (error == http::error::bad_version) return refuse({505, "the versions known are HTTP/1.0 and HTTP/1.1"});
  if (error && error != http::error::need_more) return refuse({400, error.message()});
  if (!parser_->is_header_done()) return refuse({400, "the header is not complete"});

  const auto& message = parser_->get();
  request_ = HttpRequest{};
  request_.method.assign(message.method_string().data(), message.method_string().size());
  request_.target.assign(message.target().data(), message.target().size());
  for (const auto& field : message) {
    request_.headers.add({field.name_string().data(), field.name_string().size()},
                         std::string(field.value().data(), field.value().size()));
  }
  if (const auto refusal = validate_head(message.version(), request_)) return refuse(*refusal);
  expects_continue_ = message.version() >= 11 && request_.headers.count("Expect") > 0 && !parser_->is_done();
  closed_ = std::stop_source();
  body_broken_ = false;
  reading_body_ = writing_ = Pace(host_.options().min_bytes_per_second, host_.options().slow_patience);
  request_counted_ = true;
  host_.request_begins();
  if (host_.stream_handler() || parser_->is_done()) return dispatch();
  begin_body();
}

void HttpSession::begin_body() {
  const auto length = parser_->content_length();
  if (length && *length > host_.options().max_body_bytes) {
    return refuse({413, "the body is larger than " + std::to_string(host_.options().max_body_bytes) + " bytes"});
  }
  phase_ = Phase::kBody;
  body_deadline_ = saturating_add(std::chrono::steady_clock::now(), host_.options().body_deadline);
  if (!expects_continue_) return try_body();
  expects_continue_ = false;
  write_answer({"HTTP/1.1 100 Continue\r\n\r\n"}, &HttpSession::try_body);
}

void HttpSession::try_body() {
  if (!output_.empty()) return;  // "100 Continue" is still on its way
  std::array<char, kReadPiece> piece;
  for (;;) {
    std::size_t produced = 0;
    Pull pull;
    {
      const std::lock_guard lock(mutex_);
      pull = pull_body(piece, produced);
    }
    if (!host_.buffer(produced)) return refuse({503, "the bodies of other requests fill the server's memory"});
    buffered_ += produced;
    request_.body.append(piece.data(), produced);
    if (request_.body.size() > host_.options().max_body_bytes) {
      return refuse({413, "the body is larger than " + std::to_string(host_.options().max_body_bytes) + " bytes"});
    }
    if (pull == Pull::kBroken) return refuse({400, "the body's framing is broken"});
    if (pull == Pull::kComplete) return dispatch();
    if (pull == Pull::kNeedsMore) break;
  }
  const Duration rest = body_deadline_ - std::chrono::steady_clock::now();
  if (rest < host_.options().body_timeout) {
    arm(std::max(rest, Duration::zero()), &HttpSession::answer_late_body);
  } else {
    arm(host_.options().body_timeout, &HttpSession::close_now);
  }
  start_read();
}

void HttpSession::answer_late_body() {
  refuse({408, "the body did not come in time"});
}

HttpSession::Pull HttpSession::pull_body(std::span<char> into, std::size_t& produced) {
  produced = 0;
  if (parser_->is_done()) return Pull::kComplete;
  auto& body = parser_->get().body();
  body.data = into.data();
  body.size = into.size();
  body.more = true;
  error_code error;
  std::size_t used = 0;
  if (inbox_.size() > 0) used = parser_->put(inbox_.data(), error);
  inbox_.consume(used);
  produced = into.size() - body.size;
  if (error && error != http::error::need_buffer && error != http::error::need_more) {
    body_broken_ = true;
    return Pull::kBroken;
  }
  if (parser_->is_done()) return Pull::kComplete;
  if (used > 0 || produced > 0) return Pull::kProgress;
  if (!into.empty() && inbox_.size() >= kReadAhead) {  // a chunk's header that never ends
    body_broken_ = true;
    return Pull::kBroken;
  }
  return Pull::kNeedsMore;
}

bool HttpSession::body_complete(bool discard) {
  std::array<char, kReadPiece> scratch;
  const std::lock_guard lock(mutex_);
  std::size_t produced = 0;
  Pull pull = Pull::kProgress;
  // Without room for data the parser takes what is only framing: the last chunk.
  while (pull == Pull::kProgress) pull = pull_body(discard ? std::span<char>(scratch) : std::span<char>(), produced);
  return pull == Pull::kComplete;
}

void HttpSession::dispatch() {
  disarm();
  phase_ = Phase::kHandler;
  if (host_.at_once() && parser_->is_done() && answered_at_once()) return;
  if (!host_.workers().submit([self = shared_from_this()] { self->run_handler(); })) {
    return refuse({503, "too many requests wait for an answer already"});
  }
  start_read();
}

void HttpSession::finish_exchange(bool intact, bool keep_alive) {
  if (phase_ == Phase::kClosed) return end_request();
  if (!intact) {
    close_now();
    return end_request();
  }
  phase_ = Phase::kWriting;
  keep_alive_ = keep_alive;
  write_answer(std::move(answer_), &HttpSession::after_answer);
}

void HttpSession::write_answer(std::deque<std::string> pieces, Action then) {
  output_ = std::move(pieces);
  output_offset_ = 0;
  after_output_ = then;
  write_next();
}

void HttpSession::write_next() {
  while (!output_.empty() && output_offset_ == output_.front().size()) {
    output_.pop_front();
    output_offset_ = 0;
  }
  if (output_.empty()) {
    disarm();
    (this->*after_output_)();
    return;
  }
  watch_write();
  const std::string_view rest = std::string_view(output_.front()).substr(output_offset_);
  stream_->write_some(asio::buffer(rest.data(), rest.size()),
                      [self = shared_from_this()](error_code error, std::size_t bytes) {
                        if (self->phase_ == Phase::kClosed) return;
                        if (error) return self->close_now();
                        self->taken_ += bytes;
                        self->output_offset_ += bytes;
                        // Nobody waits for the peer of an answer that the kernel has all of, as it has most at once.
                        if (self->output_.size() > 1 || self->output_offset_ < self->output_.front().size())
                          self->look_at_write();
                        self->write_next();
                      });
}

// Waiting for the peer begins, or goes on.
void HttpSession::watch_write() {
  watched_since_ = std::chrono::steady_clock::now();
  // Not in the smallest of steps with one who is just fast enough.
  constexpr int kSteps = 32;
  const Duration silence = host_.options().body_timeout;
  const Duration slow = std::max(writing_.left(), host_.options().slow_patience / kSteps);
  arm(std::min(silence, slow), &HttpSession::judge_write);
}

// How much has reached the peer since it was looked at last.
std::uint64_t HttpSession::look_at_write() {
  int queued = 0;
  if (::ioctl(stream_->socket().native_handle(), SIOCOUTQ, &queued) != 0) queued = 0;
  const std::uint64_t delivered = taken_ - std::min<std::uint64_t>(taken_, static_cast<std::uint64_t>(queued));
  const std::uint64_t moved = delivered - std::min(delivered, delivered_);
  delivered_ += moved;
  const auto now = std::chrono::steady_clock::now();
  writing_.waited(now - watched_since_, moved);
  watched_since_ = now;
  return moved;
}

void HttpSession::judge_write() {
  const bool silent = look_at_write() == 0;
  if (!silent && !writing_.too_slow()) return watch_write();
  note_slow(SlowPeer::kReceiving);
  {
    const std::lock_guard lock(mutex_);
    write_too_slow_ = true;
  }
  close_now();
}

void HttpSession::note_slow(SlowPeer what) {
  log::info("a client was too slow and is not waited for any longer",
            {{"remote", remote_},
             {"method", request_.method},
             {"path", request_.path()},
             {"direction", what == SlowPeer::kSending ? "sending" : "receiving"}});
  if (host_.options().on_slow_peer) host_.options().on_slow_peer(what);
}

void HttpSession::after_answer() {
  end_request();
  bool ended;
  {
    const std::lock_guard lock(mutex_);
    ended = read_error_.has_value();
  }
  if (!keep_alive_ || ended || host_.draining()) return begin_closing();
  parser_.reset();
  request_ = HttpRequest{};
  await_request();
}

void HttpSession::refuse(const Refusal& refusal) {
  if (phase_ == Phase::kClosed || phase_ == Phase::kClosing) return;
  phase_ = Phase::kWriting;
  keep_alive_ = false;
  HttpResponse response =
      text_response(refusal.status, std::to_string(refusal.status) + " " + std::string(reason_phrase(refusal.status)) +
                                        ": " + refusal.reason + "\n");
  if (refusal.status == 503) response.headers.set("Retry-After", "1");
  ResponseFraming framing;
  framing.keep_alive = false;
  framing.content_length = response.body.size();
  std::string text = response_head(response, framing, system_clock().wall());
  if (request_.method != "HEAD") text += response.body;
  write_answer({std::move(text)}, &HttpSession::after_answer);
}

// Closing with unread input makes the kernel send a reset, which can destroy our answer before the peer has read it
// (RFC 9112, 9.6): say that we are done, then read and drop until the peer is, for two seconds at most.
void HttpSession::begin_closing() {
  bool reading;
  {
    const std::lock_guard lock(mutex_);
    reading = reading_;
    if (read_error_) phase_ = Phase::kClosed;
  }
  if (phase_ == Phase::kClosed) {
    phase_ = Phase::kClosing;
    return close_now();
  }
  phase_ = Phase::kClosing;
  arm(kLinger, &HttpSession::close_now);
  if (!reading) return shut_down();
  error_code ignored;
  stream_->socket().cancel(ignored);  // on_read() goes on
}

void HttpSession::shut_down() {
  stream_->shutdown([self = shared_from_this()](error_code error) {
    if (self->phase_ == Phase::kClosed) return;
    if (error || self->stream_->session() != nullptr) return self->close_now();
    self->discard_input();
  });
}

void HttpSession::discard_input() {
  read_buffer_.resize(kReadPiece);
  stream_->read_some(asio::buffer(read_buffer_), [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->close_now();
    self->discard_input();
  });
}

void HttpSession::close_now() {
  if (phase_ == Phase::kClosed) return;
  const bool with_worker = phase_ == Phase::kHandler;
  phase_ = Phase::kClosed;
  disarm();
  close_socket(stream_->socket());
  {
    const std::lock_guard lock(mutex_);
    if (!read_error_) read_error_ = asio::error::operation_aborted;
  }
  changed_.notify_all();
  closed_.request_stop();
  if (!with_worker) end_request();  // otherwise finish_exchange() does
}

void HttpSession::end_request() {
  host_.unbuffer(std::exchange(buffered_, 0));
  if (std::exchange(request_counted_, false)) host_.request_ended();
}

}  // namespace causeway::base
