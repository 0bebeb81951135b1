#include "operator/terraform/program.hpp"

#include <gtest/gtest.h>
#include <thread>

#include "base/files.hpp"
#include "operator/terraform/commands.hpp"

namespace causeway::op::terraform {
namespace {

using namespace std::chrono_literals;

// A shell script in the place of terraform.
Invocation script(std::string text) {
  Invocation i;
  i.program = "sh";
  i.arguments = {"-c", std::move(text)};
  i.folder = "/";
  i.environment = {{"PATH", "/usr/bin:/bin"}};
  i.deadline = 60s;
  i.grace = 60s;
  return i;
}

TEST(Program, GivesLinesAsTheyCome) {
  auto i = script("printf 'one\\ntw'; printf 'o\\n\\nlast'; echo problem >&2; exit 2");
  std::vector<std::string> lines;
  i.on_line = [&](std::string_view line) { lines.emplace_back(line); };
  auto c = invoke(i);
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "", "last"}));
  EXPECT_EQ(c->status.code, 2);
  EXPECT_EQ(c->err, "problem\n");
  EXPECT_TRUE(c->orderly());
}

TEST(Program, CollectsAndFeeds) {
  auto i = script("cat");
  i.input = std::string(300'000, 'x');
  auto c = invoke(i);
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->out, i.input);
}

TEST(Program, OneInterruptAndTimeToSave) {
  // Counts its interrupts and takes its time after the first, as terraform does.
  auto i =
      script("n=0; trap 'n=$((n+1))' INT; echo ready; while [ $n -eq 0 ]; do sleep 0.02; done; sleep 0.3; echo got $n");
  std::stop_source stop;
  i.stop = stop.get_token();
  std::vector<std::string> lines;
  i.on_line = [&](std::string_view line) {
    lines.emplace_back(line);
    if (line == "ready") stop.request_stop();
  };
  auto c = invoke(i);
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(lines, (std::vector<std::string>{"ready", "got 1"}));
  EXPECT_TRUE(c->interrupted);
  EXPECT_FALSE(c->killed);
  EXPECT_FALSE(c->orderly());
}

TEST(Program, TheInterruptIsForTheProgramAlone) {
  // Its provider shares the process group and must not be told.
  base::TemporaryDirectory folder;
  const std::string told = folder.path() / "told";
  auto i = script("(trap 'touch " + told +
                  "' INT; echo ready; i=0; while [ $i -lt 25 ]; do sleep 0.02; i=$((i+1)); done) & "
                  "trap 'wait; exit 1' INT; wait; wait");
  std::stop_source stop;
  i.stop = stop.get_token();
  i.on_line = [&](std::string_view) { stop.request_stop(); };
  auto c = invoke(i);
  ASSERT_TRUE(c.ok());
  EXPECT_FALSE(std::filesystem::exists(told));
}

TEST(Program, ADeadlineInterruptsThenKills) {
  auto i = script("trap '' INT; sleep 600 & wait; sleep 600");
  i.deadline = 100ms;
  i.grace = 200ms;
  auto c = invoke(i);
  ASSERT_TRUE(c.ok());
  EXPECT_TRUE(c->timed_out);
  EXPECT_TRUE(c->killed);
  EXPECT_NE(c->status.signal, 0);
}

TEST(Program, ADescendantThatLivesOnDoesNotHoldItUp) {
  auto i = script("sleep 20 & exit 0");
  const auto before = base::system_clock().steady();
  auto c = invoke(i);
  ASSERT_TRUE(c.ok());
  EXPECT_TRUE(c->status.success());
  EXPECT_LT(base::system_clock().steady() - before, 15s);
}

TEST(Program, AMissingOneIsAnError) {
  auto i = script("");
  i.program = "/no/such/terraform";
  EXPECT_FALSE(invoke(i).ok());
}

TEST(PlainText, HasNeitherColoursNorFrames) {
  EXPECT_EQ(plain_text("\x1b[31m╷\x1b[0m\n\x1b[31m│\x1b[0m \x1b[1m\x1b[31mError: \x1b[0mno such host\n╵\n"),
            "Error: no such host");
  EXPECT_EQ(plain_text("a\r\n\n  b "), "a\nb");
}

}  // namespace
}  // namespace causeway::op::terraform
