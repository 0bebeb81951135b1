#pragma once
// An exchange that adds to every answer what all have in common, and remembers what the access log tells.

#include <functional>
#include <string>

#include "base/http_server.hpp"

namespace causeway::api::rest {

// Of one worker, like what it wraps.
class ObservedExchange final : public base::HttpExchange {
 public:
  using Decorate = std::function<void(base::Headers&)>;
  ObservedExchange(base::HttpExchange& exchange, Decorate decorate)
      : exchange_(exchange), decorate_(std::move(decorate)) {}

  const base::HttpRequest& request() const override { return exchange_.request(); }
  std::string_view remote() const override { return exchange_.remote(); }
  std::stop_token closed() const override { return exchange_.closed(); }

  base::Result<std::size_t> read(std::span<char> into) override {
    auto got = exchange_.read(into);
    if (got) bytes_in_ += *got;
    return got;
  }
  base::Result<std::string> read_all(std::size_t limit) override {
    auto got = exchange_.read_all(limit);
    if (got) bytes_in_ += got->size();
    return got;
  }
  void respond(base::HttpResponse response) override {
    decorate_(response.headers);
    status_ = response.status;
    bytes_out_ += response.body.size();
    exchange_.respond(std::move(response));
  }
  base::Result<void> start(base::HttpResponse head) override {
    decorate_(head.headers);
    status_ = head.status;
    return exchange_.start(std::move(head));
  }
  base::Result<void> write(std::string_view piece) override {
    auto written = exchange_.write(piece);
    if (written) bytes_out_ += piece.size();
    return written;
  }
  base::Result<void> finish() override { return exchange_.finish(); }

  int status() const { return status_; }  // 0: nothing was answered
  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  base::HttpExchange& exchange_;
  Decorate decorate_;
  int status_ = 0;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
};

}  // namespace causeway::api::rest
