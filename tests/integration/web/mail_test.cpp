// Mail, taken by a real mail server (mail_server/serve.py): codes, notifications, and what servers refuse.

#include <cstdlib>

#include "base/files.hpp"
#include "base/process.hpp"
#include "tests/integration/web/community_fixture.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const char* libraries() {
  const char* path = std::getenv("CAUSEWAY_MAIL_LIBRARIES");
  return path && *path ? path : nullptr;
}

class MailServer {
 public:
  explicit MailServer(std::vector<std::string> options) {
    base::ProcessSpec spec;
    spec.argv = {"/usr/bin/python3", CAUSEWAY_SOURCE_DIR "/tests/integration/web/mail_server/serve.py"};
    spec.argv.insert(spec.argv.end(), options.begin(), options.end());
    spec.env = {{"PYTHONPATH", libraries()}, {"PATH", std::getenv("PATH")}};
    spec.in = base::ProcessSpec::Stream::kPipe;
    spec.out = spec.err = base::ProcessSpec::Stream::kFile;
    spec.out_file = (folder_.path() / "said").string();
    spec.err_file = (folder_.path() / "log").string();
    process_.emplace(base::Process::spawn(spec).value());
    EXPECT_TRUE(database::eventually([&] { return !lines().empty(); })) << base::read_file(spec.err_file).value_or("");
    const auto first = json::parse(lines().at(0)).as_object();
    port = static_cast<std::uint16_t>(first.at("port").as_int64());
    authority = std::string(first.at("ca").as_string());
  }
  ~MailServer() { stop(); }
  void stop() {
    process_->close_in();
    EXPECT_TRUE(process_->wait(30s).ok());
  }

  std::string at(const char* scheme) const { return std::string(scheme) + "://127.0.0.1:" + std::to_string(port); }
  // What it has taken so far.
  std::vector<json::object> messages() const {
    std::vector<json::object> all;
    const auto said = lines();
    for (std::size_t i = 1; i < said.size(); ++i) all.push_back(json::parse(said[i]).as_object());
    return all;
  }

  std::uint16_t port = 0;
  std::string authority;

 private:
  std::vector<std::string> lines() const {
    const auto text = base::read_file(folder_.path() / "said").value_or("");
    std::vector<std::string> all;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
      all.push_back(text.substr(at, end - at));
    return all;
  }

  base::TemporaryDirectory folder_;
  std::optional<base::Process> process_;
};

class SmtpTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!libraries()) GTEST_SKIP() << "CAUSEWAY_MAIL_LIBRARIES is not set: ./causeway test integration does";
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "password", "s3cret\n"));
    EXPECT_TRUE(base::write_file_atomic(folder.path() / "other", "not that\n"));
  }
  mail::SmtpOptions options(const MailServer& server, const char* scheme) const {
    return {.url = server.at(scheme),
            .from = "Causeway <noreply@causeway.example>",
            .ca_file = server.authority,
            .timeout = 10s};
  }
  base::Result<void> send(const mail::SmtpOptions& options, const std::string& to = "ada@example.org",
                          const std::stop_token& stop = {}) {
    return mail::Smtp::make(options, metrics, base::system_clock()).value()->send({to, "Grüße", "One\n.\nTwo\n"}, stop);
  }
  const base::TemporaryDirectory folder;
  base::MetricsRegistry metrics;
};

TEST_F(SmtpTest, GoesEncryptedAndAuthenticated) {
  for (const auto& [tls, scheme] : {std::pair{"starttls", "smtp"}, std::pair{"implicit", "smtps"}}) {
    const MailServer server({"--tls", tls, "--user", "causeway:s3cret"});
    auto with = options(server, scheme);
    with.user = "causeway";
    with.password_file = folder.path() / "password";
    const auto sent = send(with);
    ASSERT_TRUE(sent.ok()) << tls << ": " << sent.error().message;
    ASSERT_EQ(server.messages().size(), 1U);
    const auto message = server.messages().at(0);
    EXPECT_TRUE(message.at("tls").as_bool());
    EXPECT_TRUE(message.at("authenticated").as_bool());
    EXPECT_EQ(message.at("from").as_string(), "noreply@causeway.example");
    EXPECT_EQ(json::serialize(message.at("to")), R"(["ada@example.org"])");
    EXPECT_THAT(std::string(message.at("data").as_string()),
                AllOf(HasSubstr("Subject: =?UTF-8?B?R3LDvMOfZQ==?="), HasSubstr("\r\n\r\nOne\r\n.\r\nTwo\r\n")))
        << "a dot alone on its line ends nothing";
    with.password_file = folder.path() / "other";
    const auto refused = send(with);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, base::ErrorCode::kUnavailable) << refused.error().message;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("not that")));
  }
}

TEST_F(SmtpTest, NotToWhomItDoesNotTrust) {
  const MailServer server({"--tls", "starttls"}), plain({"--tls", "none"});
  auto with = options(server, "smtp");
  with.ca_file.clear();
  EXPECT_FALSE(send(with).ok()) << "no authority of this machine's";
  with = options(plain, "smtp");
  with.ca_file.clear();
  EXPECT_FALSE(send(with).ok()) << "it offers no TLS";
  EXPECT_TRUE(plain.messages().empty());
  with.plain = true;
  EXPECT_TRUE(send(with).ok());
}

TEST_F(SmtpTest, TellsWhatIsForGoodFromWhatIsNot) {
  MailServer server({"--tls", "none"});
  auto with = options(server, "smtp");
  with.plain = true;
  EXPECT_EQ(send(with, "nobody@example.org").error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_EQ(send(with, "busy@example.org").error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(send(with, "ada@example.org>\r\nRCPT TO:<eve@example.org").error().code, base::ErrorCode::kInvalidArgument);
  server.stop();
  EXPECT_EQ(send(with).error().code, base::ErrorCode::kConnect);
}

TEST_F(SmtpTest, WaitsNoLongerThanItMay) {
  const MailServer server({"--silent", "--tls", "none"});
  auto with = options(server, "smtp");
  with.plain = true;
  with.timeout = 300ms;
  EXPECT_EQ(send(with).error().code, base::ErrorCode::kTimeout);
  with.timeout = 60s;
  std::stop_source stop;
  std::jthread later([&] { stop.request_stop(); });
  EXPECT_EQ(send(with, "ada@example.org", stop.get_token()).error().code, base::ErrorCode::kCancelled);
}

TEST_F(SmtpTest, OptionsThatCannotBeMeant) {
  const auto made = [&](const mail::SmtpOptions& options) {
    return mail::Smtp::make(options, metrics, base::system_clock()).ok();
  };
  EXPECT_TRUE(made({.url = "smtps://mail:465", .from = "a@b"}));
  EXPECT_FALSE(made({.url = "https://mail", .from = "a@b"}));
  EXPECT_FALSE(made({.url = "smtp://mail", .from = "nobody"}));
  EXPECT_FALSE(made({.url = "smtp://mail", .from = "a@b", .user = "u", .plain = true})) << "readable on the way";
  EXPECT_FALSE(made({.url = "smtp://mail", .from = "a@b", .password_file = "f"}));
}

class MailTest : public CommunityTest {
 protected:
  void SetUp() override {
    if (!libraries()) GTEST_SKIP() << "CAUSEWAY_MAIL_LIBRARIES is not set: ./causeway test integration does";
    inbox.emplace(std::vector<std::string>{"--tls", "none"});
    people.mail =
        mail::SmtpOptions{.url = inbox->at("smtp"), .from = "Causeway <noreply@causeway.example>", .plain = true};
    CommunityTest::SetUp();
  }
  // The newest message to an address whose text has this in it, waited for while time passes; "" when none comes.
  std::string mail(const std::string& to, const std::string& with) {
    std::string found;
    database::eventually([&] {
      clock.advance(5s);
      for (const auto& message : inbox->messages()) {
        const auto data = std::string(message.at("data").as_string());
        if (json::serialize(message.at("to")) == "[\"" + to + "\"]" && data.find(with) != std::string::npos)
          found = data;
      }
      return !found.empty();
    });
    return found;
  }
  Browser signed_in(const std::string& name) {
    auto made = browser();
    const auto address = name + "@example.org";
    EXPECT_EQ(made.post("/email_code", {{"email", address}}).status, 200);
    const auto code = mail(address, "is your code");
    const auto at = code.find("Subject: ") + 9;
    EXPECT_EQ(made.post("/login", {{"email", address}, {"code", code.substr(at, 6)}}).status, 200) << code;
    EXPECT_EQ(made.post("/api/v1/me/initialisation", {{"name", name}}).status, 200);
    return made;
  }
  const std::string mine = "/api/v1/me/notifications/email";
  std::optional<MailServer> inbox;
};

TEST_F(MailTest, CodesAndNotificationsCome) {
  auto ada = signed_in("ada"), eve = signed_in("eve");
  EXPECT_EQ(mailbox.count(), 0U) << "the webhook is for numbers now";
  EXPECT_EQ(ada.post("/phone_code", {{"phone", "+8613800138000"}}).status, 200);
  EXPECT_EQ(mailbox.count(), 1U);
  make("ada", "digits");
  open(eve, "ada/digits", "Unasked");
  EXPECT_EQ(text_of(ada.send("PUT", mine, json::object{{"kinds", json::array{"issue.opened"}}}), "lastError"), "");
  open(eve, "ada/digits", "漢字");
  const auto told = mail("ada@example.org", "Subject: =?UTF-8?B?");
  EXPECT_THAT(told, AllOf(HasSubstr("To: ada@example.org\r\n"), HasSubstr("Subject: =?UTF-8?B?")));
  EXPECT_EQ(number("SELECT count(*) FROM notification_deliveries"), 1) << "of what was asked for";
  // Whoever changes their mind gets none.
  EXPECT_EQ(ada.send("DELETE", mine).status, 204);
  open(eve, "ada/digits", "Later");
  EXPECT_EQ(number("SELECT count(*) FROM notification_deliveries"), 0);
  EXPECT_FALSE(object_of(ada.get(mine)).at("enabled").as_bool());
}

TEST_F(MailTest, OnlyToAnAddressThatWasVerified) {
  auto ada = signed_in("ada"), eve = signed_in("eve");
  make("ada", "digits");
  EXPECT_EQ(ada.send("PUT", mine, json::object{}).status, 200);
  script("UPDATE users SET email_verified_at = NULL");
  open(eve, "ada/digits", "Why?");
  EXPECT_TRUE(database::eventually([&] {
    clock.advance(5s);
    return number(
               "SELECT count(*) FROM notification_deliveries WHERE next_attempt_at IS NULL AND delivered_at IS NULL") ==
           1;
  }));
  EXPECT_EQ(ada.send("PUT", mine, json::object{}).status, 409);
}

TEST_F(MailTest, WhatDoesNotGetAwayIsTriedAgain) {
  auto ada = signed_in("ada"), eve = signed_in("eve");
  make("ada", "digits");
  EXPECT_EQ(ada.send("PUT", mine, json::object{}).status, 200);
  script("UPDATE users SET email = 'busy@example.org' WHERE email = 'ada@example.org'");
  open(eve, "ada/digits", "Why?");
  EXPECT_TRUE(database::eventually([&] {
    clock.advance(5s);
    return text_of(ada.get(mine), "lastError").find("451") != std::string::npos;
  })) << ada.get(mine).body;
  script("UPDATE users SET email = 'ada@example.org' WHERE email = 'busy@example.org'");
  EXPECT_THAT(mail("ada@example.org", "/ada/digits/issues/1"), HasSubstr("Subject: [ada/digits] Why?"));
  // What is refused for good is not tried again.
  script("UPDATE users SET email = 'nobody@example.org' WHERE email = 'ada@example.org'");
  open(eve, "ada/digits", "Still?");
  EXPECT_TRUE(database::eventually([&] {
    clock.advance(5s);
    return number(
               "SELECT count(*) FROM notification_deliveries WHERE next_attempt_at IS NULL AND delivered_at IS NULL"
               " AND attempts = 1") == 1;
  }));
  // Who asks for a code that cannot be sent is told so.
  EXPECT_EQ(browser().post("/email_code", {{"email", "busy@example.org"}}).status, 503);
}

}  // namespace
}  // namespace causeway::api
