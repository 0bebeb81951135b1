#pragma once
// One connection of the HTTP server: its sockets and timers on a strand, its handler on a worker thread.
// Private to base/: includes Asio and Beast.
//
// The strand reads ahead into an inbox, parses heads, writes finished answers, and gives those that are there at once.
// Between dispatch() and finish_exchange() the request, the parser and the framing belong to one worker; what both
// sides touch is guarded by mutex_. The strand goes on reading while the handler runs: that is how a peer that leaves
// is noticed.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/async_stream.hpp"
#include "base/header_validator.hpp"
#include "base/http_server.hpp"
#include "base/pace.hpp"
#include "base/worker_pool.hpp"

namespace causeway::base {

class HttpSession;

// What sessions need of their server, which outlives them.
class HttpSessionHost {
 public:
  virtual ~HttpSessionHost() = default;
  virtual const HttpServerOptions& options() const = 0;
  virtual const HttpServer::Handler& handler() const = 0;               // either this one
  virtual const HttpServer::StreamHandler& stream_handler() const = 0;  // or this one is set
  virtual const HttpServer::AtOnce& at_once() const = 0;                // may be null
  virtual WorkerPool& workers() = 0;
  virtual bool draining() const = 0;  // no further request on any connection
  // Room for a piece of a body among all that are buffered; false: there is none.
  virtual bool buffer(std::size_t bytes) = 0;
  virtual void unbuffer(std::size_t bytes) = 0;
  virtual void request_begins() = 0;
  virtual void request_ended() = 0;
  virtual void session_ended(HttpSession* session) = 0;  // from its destructor
};

class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(HttpSessionHost& host, std::unique_ptr<AsyncStream> stream, std::string remote);
  ~HttpSession();

  // From any thread.
  void begin();
  void drain();  // closes unless a request is under way
  void abort();  // closes at once and triggers closed()

 private:
  friend class SessionExchange;
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
  using Action = void (HttpSession::*)();
  enum class Phase { kHandshake, kHead, kBody, kHandler, kWriting, kClosing, kClosed };
  enum class Pull { kProgress, kNeedsMore, kComplete, kBroken };

  // On the strand.
  void arm(Duration after, Action action);
  void disarm();
  void await_request();
  void start_read();
  void on_read(error_code error, std::size_t bytes);
  void try_head();
  void accept_request(std::string_view head);
  void begin_body();
  void try_body();
  void dispatch();
  bool answered_at_once();
  void finish_exchange(bool intact, bool keep_alive);
  void write_answer(std::deque<std::string> pieces, Action then);
  void write_next();
  void after_answer();
  void refuse(const Refusal& refusal);
  void answer_late_head();
  void answer_late_body();
  void begin_closing();
  void shut_down();
  void discard_input();
  void close_now();
  void watch_write();
  std::uint64_t look_at_write();
  void judge_write();
  void start_worker_write(std::string_view bytes);
  void end_worker_write(error_code error);
  void end_request();

  void note_slow(SlowPeer what);  // also on the worker

  // On the worker.
  void run_handler();
  Result<std::size_t> worker_read(std::span<char> into);
  Result<void> worker_write(std::string_view bytes);

  // On either side, with mutex_ held: moves body bytes from the inbox into `into`.
  Pull pull_body(std::span<char> into, std::size_t& produced);
  // Whether the request's body has been read to its end; with `discard`, after dropping what is in the inbox of it.
  bool body_complete(bool discard);
  void post(void (HttpSession::*action)());

  HttpSessionHost& host_;
  const std::unique_ptr<AsyncStream> stream_;
  const std::string remote_;
  boost::asio::steady_timer timer_;
  std::uint64_t timer_generation_ = 0;
  Phase phase_ = Phase::kHandshake;
  bool first_request_ = true;
  bool head_begun_ = false;       // the header's clock runs
  bool request_counted_ = false;  // between request_begins() and request_ended()
  std::vector<char> read_buffer_;
  std::deque<std::string> output_;
  std::size_t output_offset_ = 0;
  Action after_output_ = nullptr;
  bool keep_alive_ = false;  // of the answer being written
  // Of writing, whoever writes: what the kernel took, and what of it the peer was seen to have.
  std::uint64_t taken_ = 0, delivered_ = 0;
  SteadyTime watched_since_{};
  Pace writing_;
  std::size_t worker_write_offset_ = 0;
  std::string_view worker_bytes_;

  // Strand's, lent to the worker between dispatch() and finish_exchange().
  std::optional<Parser> parser_;
  HttpRequest request_;
  SteadyTime body_deadline_{};
  std::size_t buffered_ = 0;  // of request_.body, as the host has counted it
  std::stop_source closed_;
  bool expects_continue_ = false;  // and has not got it
  Pace reading_body_;
  std::deque<std::string> answer_;

  std::mutex mutex_;
  std::condition_variable changed_;
  boost::beast::flat_buffer inbox_;  // from here on by mutex_
  bool reading_ = false;
  std::optional<error_code> read_error_;
  bool body_broken_ = false;
  std::optional<error_code> write_result_;  // of the worker's write; empty: under way
  bool write_too_slow_ = false;
};

}  // namespace causeway::base
