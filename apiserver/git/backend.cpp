#include "apiserver/git/backend.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <poll.h>
#include <unistd.h>

#include "apiserver/git/environment.hpp"
#include "apiserver/git/inflate.hpp"
#include "apiserver/git/protocol.hpp"
#include "base/process.hpp"

namespace causeway::api::git {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kPiece = 64 * 1024;
// What git may say before the request is read whole (progress of a push); beyond it the answer starts early.
constexpr std::size_t kMaxHeldOutput = 4 << 20;
// How much of a request that git no longer reads is read and thrown away, so that the client sees the answer.
constexpr std::uint64_t kMaxDrained = 256u << 20;
// How often a git that does not read is asked whether anybody still waits.
constexpr int kLook = 1000;  // ms
// How long a git whose input ends too early may tidy up: what was pushed so far is in a folder that it removes, but not
// when a signal ends it.
constexpr auto kEnding = std::chrono::seconds(5);

base::ProcessSpec spec_of(const Route& route, const Repository& repository, const std::string& git_protocol,
                          const BackendLimits& limits, const PushContext& push) {
  base::ProcessSpec spec;
  // Large blobs are streamed and not compared with each other, so that memory does not grow with them.
  spec.argv = {"git",
               "-c",
               "safe.directory=" + repository.directory.string(),
               "-c",
               "core.bigFileThreshold=16m",
               "-c",
               "pack.windowMemory=64m",
               "-c",
               "pack.threads=2"};
  if (route.service == Service::kReceivePack) {
    for (const auto& option :
         {std::string("receive.fsckObjects=true"), std::string("receive.advertisePushOptions=true"),
          // The hooks know whether it may be deleted.
          std::string("receive.denyDeleteCurrent=ignore"), "core.hooksPath=" + push.hooks.string(),
          "receive.maxInputSize=" + std::to_string(limits.max_push_bytes)}) {
      spec.argv.insert(spec.argv.end(), {"-c", option});
    }
  }
  spec.argv.emplace_back(program_of(route.service));
  if (route.service == Service::kUploadPack) spec.argv.emplace_back("--strict");
  spec.argv.emplace_back("--stateless-rpc");
  if (route.kind == Route::Kind::kAdvertise) spec.argv.emplace_back("--http-backend-info-refs");
  spec.argv.push_back(repository.directory.string());
  spec.env = clean_environment(git_protocol);
  if (route.service == Service::kReceivePack) spec.env->insert(push.environment.begin(), push.environment.end());
  spec.in = route.kind == Route::Kind::kRpc ? base::ProcessSpec::Stream::kPipe : base::ProcessSpec::Stream::kNull;
  spec.out = base::ProcessSpec::Stream::kPipe;
  spec.err = base::ProcessSpec::Stream::kInherit;
  limit(spec, limits.child);
  return spec;
}

// The exchange and the child, and what has passed between them.
class Relay {
 public:
  Relay(base::HttpExchange& exchange, base::Process process, base::HttpResponse head)
      : exchange_(exchange), process_(std::move(process)), head_(std::move(head)) {
    if (process_.in() >= 0) ::fcntl(process_.in(), F_SETFL, O_NONBLOCK);
  }

  // The request's body into the child; output that comes meanwhile is held back.
  Result<void> send_request(bool gzip, std::uint64_t limit) {
    std::optional<Inflater> inflater;
    if (gzip) inflater.emplace(limit);
    std::array<char, kPiece> piece{};
    while (true) {
      auto size = exchange_.read(piece);
      if (!size) return size.error();
      if (*size == 0) break;
      bytes_in_ += *size;
      const std::string_view bytes(piece.data(), *size);
      auto fed = inflater ? inflater->feed(bytes, [&](std::string_view block) { return into_child(block, limit); })
                          : into_child(bytes, limit);
      if (!fed) return fed;
    }
    if (inflater) {
      if (auto whole = inflater->finish(); !whole) return whole;
    }
    process_.close_in();
    return {};
  }

  // The child's output into the response, until it closes it.
  Result<void> send_response() {
    std::array<char, kPiece> piece{};
    while (true) {
      const ssize_t size = ::read(process_.out(), piece.data(), piece.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return Error{ErrorCode::kIo, std::string("reading from git: ") + std::strerror(errno)};
      if (size == 0) return {};
      if (auto sent = out_of_child({piece.data(), static_cast<std::size_t>(size)}); !sent) return sent;
    }
  }

  // Everything was read: the head if it is still due, what is held, the end.
  Result<void> finish() {
    if (auto started = start(); !started) return started;
    return exchange_.finish();
  }

  Result<void> start() {
    if (started_) return {};
    started_ = true;
    if (auto sent = exchange_.start(head_); !sent) return sent;
    if (held_.empty()) return {};
    bytes_out_ += held_.size();
    auto sent = exchange_.write(held_);
    held_.clear();
    held_.shrink_to_fit();
    return sent;
  }

  Result<void> out_of_child(std::string_view bytes) {
    if (auto sent = start(); !sent) return sent;
    bytes_out_ += bytes.size();
    return exchange_.write(bytes);
  }

  base::Process& process() { return process_; }
  bool started() const { return started_; }
  bool any_output() const { return started_ || !held_.empty(); }
  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  Result<void> into_child(std::string_view bytes, std::uint64_t limit) {
    given_ += bytes.size();
    if (given_ > limit)
      return Error{ErrorCode::kInvalidArgument,
                   "the request is larger than the " + std::to_string(limit) + " bytes allowed"};
    while (!bytes.empty() && !child_deaf_) {
      const ssize_t size = ::write(process_.in(), bytes.data(), bytes.size());
      if (size > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(size));
      } else if (size < 0 && errno == EAGAIN) {
        if (auto waited = wait_for_child(); !waited) return waited;
      } else if (size < 0 && errno == EPIPE) {
        child_deaf_ = true;  // it has said what it had to say; the rest is read to nobody
      } else if (size < 0 && errno != EINTR) {
        return Error{ErrorCode::kIo, std::string("writing to git: ") + std::strerror(errno)};
      }
    }
    if (child_deaf_) {
      drained_ += bytes.size();
      if (drained_ > kMaxDrained)
        return Error{ErrorCode::kInvalidArgument, "git refused the request while it was sent"};
    }
    return {};
  }

  // Until the child reads again; holds what it says meanwhile, or it would never read again.
  Result<void> wait_for_child() {
    pollfd fds[2] = {{process_.in(), POLLOUT, 0}, {out_closed_ ? -1 : process_.out(), POLLIN, 0}};
    const int found = ::poll(fds, 2, kLook);
    if (found < 0 && errno != EINTR) return Error{ErrorCode::kIo, std::string("poll: ") + std::strerror(errno)};
    if (found <= 0) {
      // A git that does not read, for a client that is gone.
      if (exchange_.closed().stop_requested()) process_.signal_group(SIGKILL);
      return {};
    }
    if ((fds[1].revents & (POLLIN | POLLHUP)) == 0) return {};
    std::array<char, kPiece> piece{};
    const ssize_t size = ::read(process_.out(), piece.data(), piece.size());
    if (size == 0) out_closed_ = true;
    if (size <= 0) return {};
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(size));
    if (!started_ && held_.size() + bytes.size() <= kMaxHeldOutput) {
      held_ += bytes;
      return {};
    }
    return out_of_child(bytes);
  }

  base::HttpExchange& exchange_;
  base::Process process_;
  base::HttpResponse head_;
  std::string held_;
  bool started_ = false, child_deaf_ = false, out_closed_ = false;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0, given_ = 0, drained_ = 0;
};

base::HttpResponse failure(int status, const std::string& message) {
  auto response = base::text_response(status, message + "\n");
  set_no_cache(response.headers);
  return response;
}

int status_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return 413;
    case ErrorCode::kProtocol:
      return 400;
    case ErrorCode::kTimeout:
      return 408;
    default:
      return 500;
  }
}

}  // namespace

Outcome serve(base::HttpExchange& exchange, const Route& route, const Repository& repository,
              const std::string& git_protocol, const BackendLimits& limits, const PushContext& push_context) {
  base::HttpResponse head;
  head.headers.set("Content-Type", route.kind == Route::Kind::kAdvertise ? advertisement_type(route.service)
                                                                         : result_type(route.service));
  set_no_cache(head.headers);

  auto spawned = base::Process::spawn(spec_of(route, repository, git_protocol, limits, push_context));
  if (!spawned) {
    exchange.respond(failure(500, "git could not be started"));
    return {500, 0, 0, spawned.error().message};
  }
  Relay relay(exchange, std::move(*spawned), std::move(head));

  const auto outcome = [&](int status, std::string error) {
    return Outcome{status, relay.bytes_in(), relay.bytes_out(), std::move(error)};
  };
  const auto abandon = [&](const Error& error) {
    relay.process().close_in();
    static_cast<void>(relay.process().wait(kEnding));
    relay.process().signal_group(SIGKILL);
    const bool gone = exchange.closed().stop_requested() || relay.started();
    if (gone) return outcome(0, error.message);
    const int status = status_of(error);
    exchange.respond(failure(status, error.message));
    return outcome(status, error.message);
  };

  if (route.kind == Route::Kind::kRpc) {
    const auto encoding = exchange.request().headers.get("Content-Encoding");
    const bool gzip = encoding && (*encoding == "gzip" || *encoding == "x-gzip");
    const bool push = route.service == Service::kReceivePack;
    // git itself refuses a pack beyond maxInputSize and says so; the commands before it are small.
    const std::uint64_t limit = push ? limits.max_push_bytes + kMaxDrained : limits.max_fetch_request_bytes;
    if (auto sent = relay.send_request(gzip, limit); !sent) return abandon(sent.error());
  } else if (const auto text = announcement(route.service, git_protocol); !text.empty()) {
    if (auto sent = relay.out_of_child(text); !sent) return abandon(sent.error());
  }
  // While the request is read, reading tells that the peer is gone. Runs at once if it is already.
  const std::stop_callback on_closed(exchange.closed(), [&relay] { relay.process().signal_group(SIGKILL); });
  if (auto sent = relay.send_response(); !sent) return abandon(sent.error());

  auto ended = relay.process().wait(std::chrono::seconds(30), exchange.closed());
  if (!ended) return abandon(ended.error());
  if (!ended->success() && !relay.any_output()) {
    if (exchange.closed().stop_requested()) return outcome(0, "the client went away");
    exchange.respond(failure(500, "git failed: " + ended->describe()));
    return outcome(500, ended->describe());
  }
  if (auto finished = relay.finish(); !finished) return outcome(0, finished.error().message);
  return outcome(200, ended->success() ? std::string() : ended->describe());
}

}  // namespace causeway::api::git
