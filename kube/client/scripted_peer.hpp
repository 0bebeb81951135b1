#pragma once
// For tests: an HTTP server that answers as told, for what a real API server will not do on demand.

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/http_server.hpp"
#include "kube/client/config.hpp"

namespace causeway::kube::test {

class ScriptedPeer {
 public:
  // `number` counts requests from 1.
  using Answer = std::function<void(int number, base::HttpExchange& exchange)>;

  explicit ScriptedPeer(Answer answer) : answer_(std::move(answer)) {
    auto started =
        base::HttpServer::start({.listen = "127.0.0.1:0", .tls = {}, .idle_timeout = std::chrono::minutes(5)},
                                base::HttpServer::StreamHandler([this](base::HttpExchange& e) { serve(e); }));
    if (!started) throw std::runtime_error(started.error().message);
    server_ = std::move(*started);
  }

  ClientConfig config() const {
    ClientConfig config;
    config.server = "http://127.0.0.1:" + std::to_string(server_->port());
    return config;
  }
  // Heads, with the body where it was read by receive().
  std::vector<base::HttpRequest> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  int count() const { return static_cast<int>(requests().size()); }

 private:
  void serve(base::HttpExchange& exchange) {
    auto request = exchange.request();
    if (auto body = exchange.read_all(1u << 20)) request.body = *body;
    int number = 0;
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
      number = static_cast<int>(requests_.size());
    }
    answer_(number, exchange);
  }

  Answer answer_;
  mutable std::mutex mutex_;
  std::vector<base::HttpRequest> requests_;
  std::unique_ptr<base::HttpServer> server_;
};

inline void json(base::HttpExchange& exchange, int status, std::string body, base::Headers more = {}) {
  auto response = base::json_response(status, std::move(body));
  for (const auto& [name, value] : more) response.headers.add(name, value);
  exchange.respond(std::move(response));
}

inline std::string status_json(int code, const std::string& reason, const std::string& message = "scripted") {
  return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":")" + message +
         R"(","reason":")" + reason + R"(","code":)" + std::to_string(code) + "}";
}

inline std::string config_map_json(const std::string& name, const std::string& version) {
  return R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"namespace":"n","name":")" + name +
         R"(","resourceVersion":")" + version + R"("}})";
}

inline std::string event_json(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

inline std::string parameter(const base::HttpRequest& request, std::string_view name) {
  return base::query_parameter(request.query(), name).value_or("");
}

}  // namespace causeway::kube::test
