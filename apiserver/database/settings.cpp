#include "apiserver/database/settings.hpp"

#include <algorithm>
#include <cstdint>
#include <libpq-fe.h>
#include <map>
#include <memory>

#include "base/files.hpp"

namespace causeway::api::database {
namespace {

using Words = std::map<std::string, std::string>;  // libpq's parameter key words

base::Error invalid(std::string message) {
  return {base::ErrorCode::kInvalidArgument, std::move(message)};
}

base::Result<Words> parse(const std::string& url) {
  if (url.empty()) return invalid("no database was given");
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(url.c_str(), &complaint),
                                                                               &PQconninfoFree);
  const std::unique_ptr<char, void (*)(void*)> text(complaint, &PQfreemem);
  // libpq's complaint quotes what it could not read, which may be a password.
  if (!options) return invalid("the database's URL is none that libpq understands");
  Words words;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const bool secret = option->dispchar != nullptr && option->dispchar[0] == '*';
    if (secret) {
      return invalid("the database's URL holds a secret (" + std::string(option->keyword) +
                     "), where everybody on the machine can read it: it belongs into the password file");
    }
    words[option->keyword] = option->val;
  }
  return words;
}

std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

std::string milliseconds(base::Duration d) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(d).count());
}

// Given at connecting, so that no session is ever without them and none costs a round trip. What the user's own
// `options` say comes later and wins.
std::string session_options(const ConnectionSettings& settings, const std::string& own) {
  std::string options = "-c statement_timeout=" + milliseconds(settings.statement_timeout);
  options += " -c lock_timeout=" + milliseconds(settings.lock_timeout);
  options += " -c idle_in_transaction_session_timeout=" + milliseconds(settings.idle_in_transaction_timeout);
  if (settings.read_only_by_default) options += " -c default_transaction_read_only=on";
  // How values are written as text is what value.cpp reads.
  options += " -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1";
  return own.empty() ? options : options + " " + own;
}

}  // namespace

base::Result<std::string> connection_string(const ConnectionSettings& settings) {
  auto words = parse(settings.url);
  if (!words) return words.error();
  const auto by_default = [&](const char* keyword, std::string value) {
    words->try_emplace(keyword, std::move(value));
  };
  by_default("application_name", settings.application_name);
  by_default("connect_timeout", std::to_string(std::max<std::int64_t>(
                                    2, std::chrono::ceil<std::chrono::seconds>(settings.connect_timeout).count())));
  // A server that vanished without a word is noticed after 15 s, not after the kernel's two hours.
  by_default("keepalives_idle", "5");
  by_default("keepalives_interval", "5");
  by_default("keepalives_count", "2");
  by_default("tcp_user_timeout", "15000");
  (*words)["client_encoding"] = "UTF8";
  (*words)["options"] = session_options(settings, (*words)["options"]);
  if (!settings.password_file.empty()) {
    auto password = base::read_file(settings.password_file);
    if (!password) return password.error().wrap("the database's password");
    if (password->ends_with('\n')) password->pop_back();
    if (password->empty())
      return invalid("the database's password file " + settings.password_file.string() + " is empty");
    (*words)["password"] = *password;
  }
  std::string text;
  for (const auto& [keyword, value] : *words) {
    if (value.find('\0') != std::string::npos) return invalid("a NUL in the database's " + keyword);
    text += (text.empty() ? "" : " ") + keyword + "=" + quoted(value);
  }
  return text;
}

base::Result<std::string> describe(const ConnectionSettings& settings) {
  const auto words = parse(settings.url);
  if (!words) return words.error();
  std::string text;
  for (const char* keyword : {"host", "hostaddr", "port", "dbname", "user", "sslmode", "service"}) {
    const auto found = words->find(keyword);
    if (found != words->end()) text += (text.empty() ? "" : " ") + found->first + "=" + found->second;
  }
  return text;
}

}  // namespace causeway::api::database
