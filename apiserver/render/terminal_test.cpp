#include "apiserver/render/terminal.hpp"

#include <gtest/gtest.h>

namespace causeway::api::render {
namespace {

TEST(TerminalText, HasNoColours) {
  EXPECT_EQ(terminal_text("\x1b[0;31mValueError\x1b[0m: \x1b[1mx\x1b[22;39m"), "ValueError: x");
  EXPECT_EQ(terminal_text("\x1b]8;;http://x\x07link\x1b]8;;\x1b\\"), "link");
  EXPECT_EQ(terminal_text("a\x1b"), "a");
  EXPECT_EQ(terminal_text("a\x1b["), "a");
}

TEST(TerminalText, ShowsTheLastStateOfALine) {
  EXPECT_EQ(terminal_text("epoch 1\n 10%\r 50%\r100%\ndone\r\n"), "epoch 1\n100%\ndone\n");
  EXPECT_EQ(terminal_text("100%\r"), "100%");
  EXPECT_EQ(terminal_text("中\bab\bc"), "ac");
}

}  // namespace
}  // namespace causeway::api::render
