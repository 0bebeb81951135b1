#pragma once
// Plain blocking sockets for tests: a client that says exactly the bytes it is told, and a server that follows a
// script.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/listener.hpp"

namespace causeway::base::test {

// Every wait ends after a minute with an exception: a test fails instead of hanging.
class RawSocket {
 public:
  static RawSocket connect(std::uint16_t port);
  static RawSocket connect_unix(const std::string& path);
  explicit RawSocket(FileDescriptor fd) : fd_(std::move(fd)) {}

  void send(std::string_view bytes);
  bool try_send(std::string_view bytes);            // false: the peer is gone
  std::string receive_until(std::string_view end);  // up to and with `end`; what follows is kept
  std::string receive_exactly(std::size_t size);
  std::string receive_all();  // to the end of the connection
  bool ended();               // waits for the peer's end; false: something else came
  void finish_sending();
  void reset();  // closes with RST
  void close() { fd_.reset(); }
  int fd() const { return fd_.get(); }

  // A response with Content-Length: head and body.
  std::string receive_response();

 private:
  bool fill();  // false at the end of the connection
  FileDescriptor fd_;
  std::string buffer_;
};

// Accepts one connection after the other and gives each to the next function of the script; past its end, to the last.
class ScriptedServer {
 public:
  using Part = std::function<void(RawSocket&)>;
  explicit ScriptedServer(std::vector<Part> script, const std::string& listen = "127.0.0.1:0");
  ~ScriptedServer();
  std::uint16_t port() const { return listener_.port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  int accepted() const { return accepted_; }

 private:
  void run(const std::stop_token& stop);
  Listener listener_;
  std::vector<Part> script_;
  std::atomic<int> accepted_{0};
  std::stop_source stop_;
  std::vector<std::thread> parts_;
  std::thread thread_;
};

// A port on which nobody listens.
std::uint16_t unused_port();

}  // namespace causeway::base::test
