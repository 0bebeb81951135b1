#pragma once
// A message as it goes over the wire: RFC 5322 with a body of plain text in UTF-8. Pure but for the random Message-ID.

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::api::mail {

// Who sends: "Causeway <noreply@causeway.example>", or the address alone.
struct Sender {
  std::string name;     // "": none
  std::string address;  // "noreply@causeway.example"
};
base::Result<Sender> parse_sender(std::string_view text);

struct Message {
  std::string to;       // an address
  std::string subject;  // one line
  std::string text;     // lines end with "\n"
};

// Whether mail can be sent to it as it stands: printable ASCII without what would need quoting, so that nothing in it
// can be another recipient, a comment or a command.
bool is_plain_address(std::string_view address);

// What people wrote, as a part of a subject: control characters (line ends among them) are blanks, at most `most`
// bytes, cut between characters.
std::string one_line(std::string_view text, std::size_t most = 150);

// kInvalidArgument: the recipient is not a plain address, the subject has control characters or is no UTF-8, or so is
// the text.
base::Result<std::string> compose(const Sender& from, const Message& message, base::WallTime now);

}  // namespace causeway::api::mail
