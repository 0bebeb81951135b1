#pragma once
// People with an app that makes one-time passwords.

#include <algorithm>

#include "apiserver/account/totp.hpp"
#include "base/files.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {

class SecondFactorTest : public WebTest {
 protected:
  SecondFactorTest() {
    public_url = "http://causeway.localhost";
    rates.sign_ins = 100'000;
    people.second_factor_keys = {folder.path() / "keys"};
    std::filesystem::create_directory(people.second_factor_keys[0]);
    write_key("1", 'a');
  }

  void write_key(const std::string& name, char of) const {
    ASSERT_TRUE(base::write_file_atomic(folder.path() / "keys" / name, std::string(64, of) + "\n"));
  }

  // What the app has read.
  struct App {
    std::string secret;
    std::vector<std::string> recovery_codes;
  };
  // Raw, of what the API shows.
  static std::string decoded(const std::string& base32) {
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string bytes;
    unsigned waiting = 0;
    int bits = 0;
    for (const char c : base32) {
      waiting = (waiting << 5 | static_cast<unsigned>(alphabet.find(c))) & 0xFFFF;
      if ((bits += 5) < 8) continue;
      bytes += static_cast<char>(waiting >> (bits -= 8));
    }
    return bytes;
  }
  // `steps` later.
  std::string code(const App& app, std::int64_t steps = 0) const {
    return account::totp_code(app.secret, account::totp_step(clock.wall()) + steps);
  }
  // One that is not, and not one of the steps around.
  std::string wrong(const App& app) const {
    for (int i = 0;; ++i) {
      const auto guess = std::to_string(100'000 + i);
      bool none = true;
      for (std::int64_t step = -3; step <= 3; ++step) none = none && guess != code(app, step);
      if (none) return guess;
    }
  }
  // The next code of the app, which nobody has seen yet.
  void next() { clock.advance(account::kTotpStep); }

  static base::HttpResponse begin(Browser& by) { return by.send("POST", mine); }
  static base::HttpResponse confirm(Browser& by, const std::string& code) {
    return by.send("PUT", mine, json::object{{"code", code}});
  }
  static base::HttpResponse give(Browser& by, const std::string& code) {
    return by.post("/second_factor", {{"code", code}});
  }
  App set_up(Browser& by) {
    const auto begun = begin(by);
    EXPECT_EQ(begun.status, 200) << begun.body;
    App app{decoded(text_of(begun, "secret")), {}};
    const auto on = confirm(by, code(app));
    EXPECT_EQ(on.status, 200) << on.body;
    const auto answer = object_of(on);
    if (const auto* codes = answer.if_contains("recoveryCodes"))
      app.recovery_codes = json::value_to<std::vector<std::string>>(*codes);
    next();
    return app;
  }
  // With the code that is sent to the user's address.
  base::HttpResponse sign_in(Browser& by, const std::string& name) {
    clock.advance(std::chrono::seconds(61));  // between two of them
    const auto email = name + "@example.org";
    EXPECT_EQ(by.post("/email_code", {{"email", email}}).status, 200);
    return by.post("/login", {{"email", email}, {"code", mailbox.code(email)}});
  }
  base::HttpResponse by_password(Browser& by, const std::string& name) {
    return by.post("/login", {{"account", name}, {"password", password}});
  }
  static std::string needs(Browser& by) { return text_of(by.get("/identity"), "needs"); }
  static std::string role(Browser& by) { return text_of(by.get("/identity"), "role"); }
  void make_administrator(const std::string& name) {
    script("UPDATE users SET administrator = true WHERE id = (SELECT id FROM accounts WHERE name = '" + name + "')");
  }
  std::int64_t audited(const std::string& action, const std::string& outcome = "allowed") {
    return number("SELECT count(*) FROM audit_log WHERE action = '" + action + "' AND outcome = '" + outcome + "'");
  }

  inline static const std::string mine = "/api/v1/me/second-factor";
  inline static const std::string password = "analytical engine 1843";
  const base::TemporaryDirectory folder;
};

}  // namespace causeway::api
