#pragma once
// What a request's header must not hold, beyond what Beast's parser refuses: everything that a proxy in front of us
// could read differently (RFC 9112, 11.2 request smuggling). Pure functions.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/http.hpp"

namespace causeway::base {

struct Refusal {
  int status = 400;
  std::string reason;  // for the client: what is wrong
};

// Looks for the end of a header in what has arrived so far.
struct HeadScan {
  std::size_t skip = 0;            // empty lines before the request line (RFC 9112, 2.2)
  std::size_t size = 0;            // of the header after `skip`, blank line included; 0: not all there yet
  std::optional<Refusal> refusal;  // it can never become one: a bare CR or LF, a control character, a folded line
};
HeadScan scan_head(std::string_view arrived);

// A header that Beast parsed. `version` is 10 or 11. An absolute-form target becomes origin form.
std::optional<Refusal> validate_head(unsigned version, HttpRequest& request);

}  // namespace causeway::base
