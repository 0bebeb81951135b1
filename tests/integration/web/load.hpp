#pragma once
// Clients that go on whatever happens to the servers: each does one thing after the other, and does it again until it
// is acknowledged.

#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/http.hpp"

namespace causeway::api {

class Load {
 public:
  ~Load() { stop(); }

  // `act` does the n-th thing, until it is acknowledged or stopped() says that nobody waits any more; true:
  // acknowledged.
  void add(std::string name, std::function<bool(int n)> act);
  // Until each client was acknowledged `more` times more; false: one was not, and the test says which.
  bool goes_on(int more);
  bool stopped() const { return stop_; }
  void stop();

  // Asks until something else than "not now" is answered. Every answer is judged: what cannot be done now is said with
  // 503 and Retry-After, and soon.
  base::HttpResponse until_answered(const std::function<base::HttpResponse()>& ask,
                                    const std::function<void()>& in_flight = {});
  static void judge(const base::HttpResponse& answer, base::Duration took);

 private:
  struct Client {
    std::string name;
    std::atomic<int> acknowledged = 0;
    std::thread thread;
  };
  std::atomic<bool> stop_ = false;
  std::deque<Client> clients_;
};

}  // namespace causeway::api
