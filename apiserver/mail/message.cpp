#include "apiserver/mail/message.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/encoding.hpp"
#include "base/log_line.hpp"

namespace causeway::api::mail {
namespace {

using base::Error, base::ErrorCode;

constexpr std::size_t kLine = 76;          // of base64 (RFC 2045, 6.8)
constexpr std::size_t kPlainLine = 998;    // of a text that goes as it is (RFC 5322, 2.1.1)
constexpr std::size_t kPlainSubject = 66;  // "Subject: " and this are a line that every reader shows
constexpr std::size_t kWord = 45;          // bytes of one encoded word: 60 characters of base64, and 12 around them

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view text) {
  return base::log::replace_invalid_utf8(text) == text;
}

// "Thu, 26 Nov 2026 11:16:13 +0000", whatever the process' locale and time zone are.
std::string format_date(base::WallTime now) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %d %s %d %02d:%02d:%02d +0000",
                kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text.data();
}

// A field's value: ASCII as it is, anything else as encoded words (RFC 2047), each of whole characters.
std::string encode_words(std::string_view text) {
  if (is_ascii(text) && text.find("=?") == std::string_view::npos && text.size() <= kPlainSubject)
    return std::string(text);
  std::string out;
  while (!text.empty()) {
    const auto word = base::utf8_prefix(text, kWord);
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base::base64_encode(word) + "?=");
    text.remove_prefix(word.size());
  }
  return out;
}

// As it is, where it is ASCII in lines that are not too long for any server.
bool goes_plain(std::string_view text) {
  if (!is_ascii(text)) return false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > kPlainLine) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

std::string in_lines(const std::string& encoded) {
  std::string out;
  for (std::size_t at = 0; at < encoded.size(); at += kLine) out += encoded.substr(at, kLine) + "\r\n";
  return out;
}

}  // namespace

bool is_plain_address(std::string_view address) {
  const auto at = address.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < address.size() && address.size() <= 254 &&
         address.find('@', at + 1) == std::string_view::npos && address.front() != '-' &&
         std::all_of(address.begin(), address.end(), [](char c) {
           return c > 0x20 && c < 0x7f && std::string_view("<>()[]\\,;:\"").find(c) == std::string_view::npos;
         });
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string line(base::utf8_prefix(text, most));
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  if (line.size() < text.size()) line += "…";
  return line;
}

base::Result<Sender> parse_sender(std::string_view text) {
  Sender sender;
  const auto open = text.find('<');
  if (open == std::string_view::npos) {
    sender.address = text;
  } else if (text.ends_with('>')) {
    sender.name = text.substr(0, open);
    while (sender.name.ends_with(' ')) sender.name.pop_back();
    sender.address = text.substr(open + 1, text.size() - open - 2);
  }
  if (!is_plain_address(sender.address) || std::any_of(sender.name.begin(), sender.name.end(), is_control) ||
      sender.name.find('"') != std::string::npos)
    return Error{
        ErrorCode::kInvalidArgument,
        "the sender has to look like \"Causeway <noreply@causeway.example>\", not \"" + std::string(text) + '"'};
  return sender;
}

base::Result<std::string> compose(const Sender& from, const Message& message, base::WallTime now) {
  const auto invalid = [](const char* why) { return Error{ErrorCode::kInvalidArgument, why}; };
  if (!is_plain_address(message.to)) return invalid("no mail can be sent to this address");
  if (std::any_of(message.subject.begin(), message.subject.end(), is_control))
    return invalid("a subject is one line without control characters");
  if (!is_utf8(message.subject) || !is_utf8(message.text)) return invalid("mail is written in UTF-8");
  if (message.text.find('\0') != std::string::npos) return invalid("a text has no NUL in it");
  const auto name = is_ascii(from.name) ? '"' + from.name + '"' : encode_words(from.name);
  const auto text = with_crlf(message.text);
  const bool plain = goes_plain(message.text);
  std::string out;
  out += "Date: " + format_date(now) + "\r\n";
  out += "From: " + (from.name.empty() ? from.address : name + " <" + from.address + '>') + "\r\n";
  out += "To: " + message.to + "\r\n";
  out += "Subject: " + encode_words(message.subject) + "\r\n";
  out += "Message-ID: <" + base::random_hex(32) + from.address.substr(from.address.find('@')) + ">\r\n";
  out += "Auto-Submitted: auto-generated\r\n";  // RFC 3834: nobody's holidays are told to us
  out += "MIME-Version: 1.0\r\n";
  out += "Content-Type: text/plain; charset=utf-8\r\n";
  out += plain ? "Content-Transfer-Encoding: 7bit\r\n\r\n" : "Content-Transfer-Encoding: base64\r\n\r\n";
  out += plain ? text : in_lines(base::base64_encode(text));
  return out;
}

}  // namespace causeway::api::mail
