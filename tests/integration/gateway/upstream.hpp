#pragma once
// What is behind a gateway: answers everything with "ok" and a cookie of its own, and remembers the bytes that came.

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/test_sockets.hpp"

namespace causeway::api {

class Upstream {
 public:
  Upstream();
  std::uint16_t port() const { return server_.port(); }
  // The requests since the last call: head and body.
  std::vector<std::string> take();

 private:
  void answer(base::test::RawSocket& client);
  std::mutex mutex_;
  std::vector<std::string> requests_;
  base::test::ScriptedServer server_;
};

// The values of all headers that a careless reader takes for this one: in any case, "_" for "-".
std::vector<std::string> values_of(std::string_view request, std::string_view name);

}  // namespace causeway::api
