#pragma once
// A client's connection as a blocking byte stream with a deadline and a stop token. It owns an io_context that the
// calling thread drives; Beast's synchronous algorithms read from it. Private to base/: includes Asio.

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/resolver.hpp"
#include "base/result.hpp"
#include "base/tls.hpp"

namespace causeway::base {

struct Limits {
  SteadyTime deadline = SteadyTime::max();
  std::stop_token stop;
};

// A deadline or stop that ends an operation closes the stream: it fails for good. After a failed write the peer's last
// words can still be read.
class ClientStream {
 public:
  using error_code = boost::system::error_code;

  // The first of `addresses` that answers; each gets its share of the time. kConnect: none did, and why the last one
  // did not; kTimeout: limits.deadline passed; kCancelled.
  static Result<std::unique_ptr<ClientStream>> connect(const std::vector<SocketAddress>& addresses,
                                                       const Limits& limits);
  ~ClientStream();

  // kConnect with the certificate's fault, kTimeout, kCancelled. `name` is for the message.
  Result<void> start_tls(TlsSession session, const std::string& name);

  // What the operations from now on obey.
  void limit(Limits limits);

  std::size_t read(std::span<char> into, error_code& error);
  std::size_t write(std::string_view from, error_code& error);  // all of it, or an error

  // Beast's SyncReadStream.
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& error) {
    for (auto it = boost::asio::buffer_sequence_begin(buffers); it != boost::asio::buffer_sequence_end(buffers); ++it) {
      const boost::asio::mutable_buffer buffer(*it);
      if (buffer.size() > 0) return read({static_cast<char*>(buffer.data()), buffer.size()}, error);
    }
    error = {};
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers);  // Beast asks for the throwing form too; never called

  std::size_t bytes_read() const;  // since the connection began, of decrypted data

  // What the failure of an operation means: kTimeout, kCancelled or kIo with the system's words.
  Error explain(const error_code& error) const;

  // Whether an idle connection can take another request: neither closed by the peer nor holding unexpected data.
  bool reusable() const;

 private:
  ClientStream();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::base
