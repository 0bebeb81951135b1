#include "tests/integration/gateway/upstream.hpp"

#include <algorithm>

#include "apiserver/rest/field_value.hpp"

namespace causeway::api {

Upstream::Upstream() : server_({[this](base::test::RawSocket& client) { answer(client); }}) {}

void Upstream::answer(base::test::RawSocket& client) {
  auto request = client.receive_until("\r\n\r\n");
  if (!values_of(request, "expect").empty()) client.send("HTTP/1.1 100 Continue\r\n\r\n");
  if (const auto length = values_of(request, "content-length"); !length.empty())
    request += client.receive_exactly(std::stoul(length.front()));
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  client.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: own=1\r\nConnection: close\r\n\r\nok");
}

std::vector<std::string> Upstream::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(requests_, {});
}

std::vector<std::string> values_of(std::string_view request, std::string_view name) {
  std::vector<std::string> values;
  const auto head = request.substr(0, request.find("\r\n\r\n"));
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at)) {
    ++at;
    const auto line = head.substr(at, head.find('\n', at) - at);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    auto key = rest::lower_case(rest::trim(line.substr(0, colon)));
    std::replace(key.begin(), key.end(), '_', '-');
    auto value = line.substr(colon + 1);
    if (value.ends_with('\r')) value.remove_suffix(1);
    if (key == name) values.emplace_back(rest::trim(value));
  }
  return values;
}

}  // namespace causeway::api
