#include "base/relay_route.hpp"

#include "base/http_wire.hpp"

namespace causeway::base {
namespace {

std::string bare_host(std::string_view value) {
  if (value.starts_with('[')) {
    value = value.substr(1, value.find(']') - 1);
  } else {
    value = value.substr(0, value.find(':'));
  }
  if (value.ends_with('.')) value.remove_suffix(1);
  return lower_case(value);
}

}  // namespace

RelayHead find_host(std::string_view arrived) {
  RelayHead result;
  const HeadScan scan = scan_head(arrived);
  if (scan.refusal) {
    result.complete = true;
    result.refusal = scan.refusal;
    return result;
  }
  if (scan.size == 0) return result;
  result.complete = true;
  std::string_view rest = arrived.substr(scan.skip, scan.size);
  rest.remove_prefix(rest.find("\r\n") + 2);  // the request line
  std::size_t hosts = 0;
  while (!rest.starts_with("\r\n")) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !same_text(line.substr(0, colon), "Host")) continue;
    ++hosts;
    result.host = bare_host(trim(line.substr(colon + 1)));
  }
  if (hosts != 1 || result.host.empty()) {
    result.refusal = Refusal{400, "the request needs exactly one Host header: it says where it should go"};
  }
  return result;
}

}  // namespace causeway::base
