#pragma once
// Requests and scripted answers that the tests of the HTTP client share.

#include <string>

#include "base/http_client.hpp"
#include "base/test_sockets.hpp"

namespace causeway::base::test {

inline HttpClient client_of(const std::string& url) {
  HttpClientOptions options;
  options.base_url = url;
  return HttpClient(options);
}

inline HttpRequest get(std::string target = "/") {
  HttpRequest request;
  request.target = std::move(target);
  return request;
}

inline HttpRequest post(std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

inline std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Answers every request of a connection with a text.
inline ScriptedServer::Part always(std::string answer) {
  return [answer](RawSocket& socket) {
    for (;;) {
      socket.receive_until("\r\n\r\n");
      socket.send(answer);
    }
  };
}

inline ScriptedServer::Part once(std::string answer) {
  return [answer](RawSocket& socket) {
    socket.receive_until("\r\n\r\n");
    socket.send(answer);
  };
}

}  // namespace causeway::base::test
