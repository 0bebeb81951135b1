#include "base/http_connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "base/client_stream.hpp"
#include "base/file_descriptor.hpp"
#include "base/http_wire.hpp"

namespace causeway::base {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::uint32_t kMaxResponseHeader = 64u << 10;
constexpr std::size_t kPiece = 32u << 10;
constexpr std::size_t kSentWithHead = 64u << 10;  // bodies up to this size go out in one write with the head

Result<std::vector<SocketAddress>> addresses_of(const Url& url, Resolver& resolver, const Limits& limits) {
  if (url.scheme == "unix") {
    auto address = unix_address(url.path);
    if (!address) return address.error();
    return std::vector<SocketAddress>{*address};
  }
  return resolver.resolve(url.host, url.port, limits.deadline, limits.stop);
}

// RFC 9110, 9.3.6: asks the proxy for a tunnel to the target.
Result<void> open_tunnel(ClientStream& stream, const Url& target) {
  const std::string host = (target.host.find(':') != std::string::npos ? "[" + target.host + "]" : target.host) + ":" +
                           std::to_string(target.port);
  error_code error;
  stream.write("CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", error);
  std::string answer;
  while (!error && answer.find("\r\n\r\n") == std::string::npos) {
    std::array<char, 1024> piece;
    answer.append(piece.data(), stream.read(piece, error));
    if (answer.size() > kMaxResponseHeader) return Error{ErrorCode::kConnect, "the proxy's answer has no end"};
  }
  if (error) {
    Error why = stream.explain(error);
    if (why.code == ErrorCode::kIo) why.code = ErrorCode::kConnect;
    return why.wrap("the proxy did not open a tunnel to " + host);
  }
  const std::string_view line = std::string_view(answer).substr(0, answer.find("\r\n"));
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[9] != '2') {
    return Error{ErrorCode::kConnect,
                 "the proxy refused a tunnel to " + host + ": " + std::string(line.substr(0, 200))};
  }
  return {};
}

HttpResponse head_of(const http::response<http::buffer_body>& message) {
  HttpResponse head;
  head.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    head.headers.add({field.name_string().data(), field.name_string().size()},
                     std::string(field.value().data(), field.value().size()));
  }
  return head;
}

bool peer_closed(const error_code& error) {
  return error == boost::asio::error::eof || error == boost::asio::error::connection_reset ||
         error == boost::asio::error::broken_pipe || error == boost::asio::ssl::error::stream_truncated ||
         error == http::error::end_of_stream;
}

bool is_http_error(const error_code& error) {
  return error.category() == http::make_error_code(http::error::end_of_stream).category();
}

// The answer to one request, while it is read.
class Answer {
 public:
  Answer(ClientStream& stream, const HttpConnection::Timing& timing, bool is_head)
      : stream_(stream), timing_(timing), is_head_(is_head), first_byte_(stream.bytes_read()) {
    buffer_.reserve(kPiece);
  }

  bool begun() const { return stream_.bytes_read() > first_byte_ || buffer_.size() > 0; }

  // Past informational answers (RFC 9110, 15.2), to the head of the final one.
  error_code read_head() {
    error_code error;
    do {
      parser_.emplace();
      parser_->header_limit(kMaxResponseHeader);
      parser_->body_limit(boost::none);
      if (is_head_) parser_->skip(true);
      http::read_header(stream_, buffer_, *parser_, error);
    } while (!error && parser_->get().result_int() < 200 && parser_->get().result_int() != 101);
    return error;
  }

  HttpResponse head() const { return head_of(parser_->get()); }

  enum class End { kComplete, kEarly, kFailed };
  End read_body(const HttpClient::OnData& on_data, error_code& error) {
    std::array<char, kPiece> piece;
    while (!parser_->is_done()) {
      if (!timing_.total) {
        const auto now = std::chrono::steady_clock::now();
        stream_.limit({timing_.idle ? saturating_add(now, *timing_.idle) : SteadyTime::max(), timing_.stop});
      }
      auto& body = parser_->get().body();
      body.data = piece.data();
      body.size = piece.size();
      body.more = true;
      http::read_some(stream_, buffer_, *parser_, error);
      const std::size_t n = piece.size() - body.size;
      if (n > 0 && !on_data(std::string_view(piece.data(), n))) return End::kEarly;
      if (error && error != http::error::need_buffer) return End::kFailed;
    }
    error = {};
    return End::kComplete;
  }

  bool keeps_alive() const {
    return parser_->is_done() && parser_->keep_alive() && buffer_.size() == 0 && parser_->get().result_int() >= 200;
  }

 private:
  ClientStream& stream_;
  const HttpConnection::Timing& timing_;
  bool is_head_;
  std::size_t first_byte_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::buffer_body>> parser_;
};

Error head_failure(const ClientStream& stream, const error_code& error) {
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return Error{ErrorCode::kIo, "the server closed the connection without an answer"};
  }
  if (error == http::error::header_limit) {
    return Error{ErrorCode::kProtocol,
                 "the answer's header is larger than " + std::to_string(kMaxResponseHeader) + " bytes"};
  }
  if (is_http_error(error)) return Error{ErrorCode::kProtocol, "the answer is not HTTP: " + error.message()};
  return stream.explain(error);
}

Error body_failure(const ClientStream& stream, const error_code& error) {
  if (error == http::error::partial_message || error == http::error::end_of_stream) {
    return Error{ErrorCode::kIo, "the answer's body was cut short"};
  }
  if (is_http_error(error)) return Error{ErrorCode::kProtocol, "the answer's body is broken: " + error.message()};
  Error why = stream.explain(error);
  if (why.code == ErrorCode::kIo) return why.wrap("the answer's body was cut short");
  return why;
}

}  // namespace

HttpConnection::HttpConnection(std::unique_ptr<ClientStream> stream) : stream_(std::move(stream)) {}
HttpConnection::~HttpConnection() = default;

bool HttpConnection::reusable() const {
  return stream_->reusable();
}

Result<std::unique_ptr<HttpConnection>> HttpConnection::open(const HttpRoute& route, Resolver& resolver,
                                                             const Limits& limits) {
  // The time to connect is a bound of its own, within the call's.
  Limits connecting = limits;
  connecting.deadline =
      std::min(limits.deadline, saturating_add(std::chrono::steady_clock::now(), route.connect_timeout));
  const auto attempt = [&]() -> Result<std::unique_ptr<HttpConnection>> {
    auto addresses = addresses_of(route.proxy ? *route.proxy : route.url, resolver, connecting);
    if (!addresses) return addresses.error();
    auto stream = ClientStream::connect(*addresses, connecting);
    if (!stream) return route.proxy ? stream.error().wrap("the proxy") : stream.error();
    if (route.through_tunnel()) {
      if (auto opened = open_tunnel(**stream, route.url); !opened) return opened.error();
    }
    if (route.tls) {
      auto session = client_session(route.tls, route.tls_name, route.verify);
      if (!session) return session.error();
      if (auto begun = (*stream)->start_tls(std::move(*session), route.tls_name); !begun) return begun.error();
    }
    return std::unique_ptr<HttpConnection>(new HttpConnection(std::move(*stream)));
  };
  auto connection = attempt();
  if (!connection && connection.error().code == ErrorCode::kTimeout &&
      std::chrono::steady_clock::now() < limits.deadline) {
    return Error{ErrorCode::kConnect, connection.error().message};
  }
  return connection;
}

ExchangeOutcome HttpConnection::exchange(const WireRequest& request, const Timing& timing,
                                         const HttpClient::OnHead& on_head, const HttpClient::OnData& on_data) {
  ExchangeOutcome outcome;
  stream_->limit({timing.deadline, timing.stop});
  Answer answer(*stream_, timing, request.is_head);

  error_code write_error;
  if (request.body.size() <= kSentWithHead) {
    stream_->write(request.head + std::string(request.body), write_error);
  } else {
    stream_->write(request.head, write_error);
    if (!write_error) stream_->write(request.body, write_error);
  }
  // A server that refuses a request before reading all of it answers and closes: its answer says more than our failed
  // write.
  error_code error;
  if (!write_error || peer_closed(write_error)) error = answer.read_head();
  outcome.answered = answer.begun();
  if (write_error && (error || !outcome.answered)) {
    outcome.error = stream_->explain(write_error).wrap("sending the request");
    outcome.lost = peer_closed(write_error);
    return outcome;
  }
  if (error) {
    outcome.error = head_failure(*stream_, error);
    outcome.lost = peer_closed(error);
    return outcome;
  }
  if (!on_head(answer.head())) return outcome;
  switch (answer.read_body(on_data, error)) {
    case Answer::End::kComplete:
      outcome.reusable = !write_error && answer.keeps_alive();
      break;
    case Answer::End::kEarly:
      break;
    case Answer::End::kFailed:
      outcome.error = body_failure(*stream_, error);
      break;
  }
  return outcome;
}

}  // namespace causeway::base
