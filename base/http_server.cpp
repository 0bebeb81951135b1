#include "base/http_server.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <pthread.h>
#include <sys/socket.h>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/http_session.hpp"
#include "base/listener.hpp"
#include "base/log.hpp"
#include "base/resolver.hpp"

namespace causeway::base {
namespace {

namespace asio = boost::asio;

constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

class Server final : public HttpServer, public HttpSessionHost {
 public:
  Server(HttpServerOptions options, Handler handler, StreamHandler stream_handler, AtOnce at_once, Listener listener,
         TlsContext tls)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        stream_handler_(std::move(stream_handler)),
        at_once_(std::move(at_once)),
        listener_(std::in_place, std::move(listener)),
        port_(listener_->port()),
        tls_(std::move(tls)),
        workers_("http", options_.workers, options_.queue),
        acceptor_strand_(asio::make_strand(io_)),
        accepting_(acceptor_strand_, ::fcntl(listener_->fd(), F_DUPFD_CLOEXEC, 0)),
        accept_pause_(acceptor_strand_) {
    const unsigned count = std::thread::hardware_concurrency() > 2 ? 2 : 1;
    for (unsigned i = 0; i < count; ++i) {
      io_threads_.emplace_back([this] { io_.run(); });
      ::pthread_setname_np(io_threads_.back().native_handle(), "http-io");
    }
    asio::post(acceptor_strand_, [this] { await_connection(); });
  }

  ~Server() override { stop(Duration::zero()); }

  std::uint16_t port() const override { return port_; }

  void set_tls(TlsServerOptions tls) override {
    auto context = make_server_context(tls);
    if (!context) {
      // Half-written files during a rotation: what worked until now is better than nothing.
      log::error("the new certificate cannot be used; the old one stays",
                 {{"listen", options_.listen}, {"error", context.error().message}});
      return;
    }
    const std::lock_guard lock(mutex_);
    if (tls_) tls_ = std::move(*context);
  }

  void stop(Duration grace) override {
    const std::lock_guard only_one(stopping_);
    if (io_threads_.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    const SteadyTime deadline = saturating_add(now, grace);
    draining_ = true;
    asio::post(acceptor_strand_, [this] {
      error_code ignored;
      accepting_.close(ignored);
      accept_pause_.cancel();
    });
    {
      const std::lock_guard lock(mutex_);
      listener_.reset();  // a unix socket's file goes with it
    }
    for (const auto& session : alive()) session->drain();
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, deadline, [&] { return requests_ == 0; });
      closing_ = true;
    }
    for (const auto& session : alive()) session->abort();
    workers_.stop();
    work_.reset();
    for (std::thread& thread : io_threads_) thread.join();
    io_threads_.clear();
  }

  const HttpServerOptions& options() const override { return options_; }
  const Handler& handler() const override { return handler_; }
  const StreamHandler& stream_handler() const override { return stream_handler_; }
  const AtOnce& at_once() const override { return at_once_; }
  WorkerPool& workers() override { return workers_; }
  bool draining() const override { return draining_; }

  bool buffer(std::size_t bytes) override {
    const std::lock_guard lock(mutex_);
    if (bytes > options_.max_buffered_bytes - buffered_) return false;
    buffered_ += bytes;
    return true;
  }

  void unbuffer(std::size_t bytes) override {
    const std::lock_guard lock(mutex_);
    buffered_ -= bytes;
  }

  void request_begins() override {
    const std::lock_guard lock(mutex_);
    ++requests_;
  }

  void request_ended() override {
    const std::lock_guard lock(mutex_);
    if (--requests_ == 0) changed_.notify_all();
  }

  void session_ended(HttpSession* session) override {
    const std::lock_guard lock(mutex_);
    sessions_.erase(session);
    if (std::exchange(full_, false)) asio::post(acceptor_strand_, [this] { await_connection(); });
  }

 private:
  // Not to be held under mutex_: the last reference's end takes it.
  std::vector<std::shared_ptr<HttpSession>> alive() {
    std::vector<std::shared_ptr<HttpSession>> out;
    const std::lock_guard lock(mutex_);
    out.reserve(sessions_.size());
    for (const auto& [pointer, weak] : sessions_) {
      if (auto session = weak.lock()) out.push_back(std::move(session));
    }
    return out;
  }

  void await_connection() {
    if (draining_ || !accepting_.is_open()) return;
    accepting_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
      if (!error) accept_all();
    });
  }

  // accept4() ourselves: Asio's accept makes sockets that children inherit.
  void accept_all() {
    while (!draining_ && accepting_.is_open()) {
      {
        const std::lock_guard lock(mutex_);
        if (sessions_.size() >= options_.max_connections) {
          full_ = true;  // the rest waits in the kernel's queue until a session ends
          return;
        }
      }
      SocketAddress peer;
      peer.size = sizeof peer.storage;
      FileDescriptor fd(::accept4(accepting_.native_handle(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.size,
                                  SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!fd) {
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return await_connection();
        log::error("cannot accept a connection; trying again",
                   {{"listen", options_.listen}, {"error", errno_error(errno, "accept").message}});
        accept_pause_.expires_after(kAcceptPause);
        accept_pause_.async_wait([this](error_code error) {
          if (!error) await_connection();
        });
        return;
      }
      begin_session(std::move(fd), peer);
    }
  }

  void begin_session(FileDescriptor fd, const SocketAddress& peer) {
    const bool local = peer.storage.ss_family == AF_UNIX;
    Socket socket(asio::make_strand(io_));
    error_code error;
    socket.assign(asio::generic::stream_protocol(peer.storage.ss_family, 0), fd.get(), error);
    if (error) return;
    static_cast<void>(fd.release());
    if (!local) tune_tcp(socket);
    TlsContext tls;
    {
      const std::lock_guard lock(mutex_);
      tls = tls_;
    }
    std::unique_ptr<AsyncStream> stream;
    if (tls) {
      auto session = server_session(tls);
      if (!session) {
        log::error("cannot begin TLS with a client", {{"error", session.error().message}});
        return;
      }
      stream = tls_stream(std::move(socket), std::move(*session));
    } else {
      stream = plain_stream(std::move(socket));
    }
    auto session = std::make_shared<HttpSession>(*this, std::move(stream), local ? "unix" : peer.describe());
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      sessions_.emplace(session.get(), session);
    }
    session->begin();
  }

  const HttpServerOptions options_;
  const Handler handler_;
  const StreamHandler stream_handler_;
  const AtOnce at_once_;
  std::optional<Listener> listener_;  // by mutex_
  const std::uint16_t port_;
  std::atomic<bool> draining_{false};

  std::mutex stopping_;
  std::mutex mutex_;
  std::condition_variable changed_;
  TlsContext tls_;  // by mutex_, as what follows
  std::unordered_map<HttpSession*, std::weak_ptr<HttpSession>> sessions_;
  std::size_t requests_ = 0, buffered_ = 0;
  bool full_ = false, closing_ = false;

  WorkerPool workers_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::strand<asio::io_context::executor_type> acceptor_strand_;
  asio::posix::stream_descriptor accepting_;  // on acceptor_strand_, as the timer
  asio::steady_timer accept_pause_;
  std::vector<std::thread> io_threads_;
};

Result<std::unique_ptr<HttpServer>> start_server(HttpServerOptions options, HttpServer::Handler handler,
                                                 HttpServer::StreamHandler stream_handler, HttpServer::AtOnce at_once) {
  TlsContext tls;
  if (options.tls) {
    auto context = make_server_context(*options.tls);
    if (!context) return context.error();
    tls = std::move(*context);
  }
  auto listener = Listener::open(options.listen);
  if (!listener) return listener.error();
  return std::unique_ptr<HttpServer>(std::make_unique<Server>(std::move(options), std::move(handler),
                                                              std::move(stream_handler), std::move(at_once),
                                                              std::move(*listener), std::move(tls)));
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
  return start_server(std::move(options), std::move(handler), nullptr, nullptr);
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, StreamHandler handler,
                                                      AtOnce at_once) {
  return start_server(std::move(options), nullptr, std::move(handler), std::move(at_once));
}

}  // namespace causeway::base
