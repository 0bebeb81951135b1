#include "apiserver/account/breached_passwords.hpp"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <vector>

#include "base/encoding.hpp"
#include "base/files.hpp"

namespace causeway::api::account {
namespace {

using ::testing::HasSubstr;

// "password", "123456", "qwerty"
const std::string kPassword = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8",
                  kDigits = "7C4A8D09CA3762AF61E59520943DC26494F8941B",
                  kQwerty = "B1B3773A05C0ED0176787A4F1574FF0075F7521E";

class BreachedPasswordsTest : public ::testing::Test {
 protected:
  base::Result<std::unique_ptr<BreachedPasswords>> open(const std::string& content) {
    EXPECT_TRUE(base::write_file_atomic(file, content));
    return BreachedPasswords::open(file);
  }
  std::string objection(const std::string& content) {
    const auto opened = open(content);
    return opened ? "" : opened.error().message;
  }
  static std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }

  const base::TemporaryDirectory folder;
  const std::filesystem::path file = folder.path() / "hashes.txt";
};

TEST_F(BreachedPasswordsTest, AreFoundByTheirSha1) {
  const auto list = open(kPassword + ":9545824\n" + kDigits + ":37359195\n" + kQwerty + ":10\n").value();
  for (const char* password : {"password", "123456", "qwerty"})
    EXPECT_TRUE(list->contains(password).value()) << password;
  for (const char* password : {"", "Password", "1234567", "correct horse battery staple"})
    EXPECT_FALSE(list->contains(password).value()) << password;
}

TEST_F(BreachedPasswordsTest, LinesEndAsTheyLikeAndCountsMayBeMissing) {
  for (const std::string& end : std::vector<std::string>{"\n", "\r\n"}) {
    for (const std::string& last : std::vector<std::string>{"", end}) {
      for (const std::string& count : std::vector<std::string>{"", ":7"}) {
        const auto list = open(kPassword + count + end + upper(kDigits) + count + end + kQwerty + count + last);
        ASSERT_TRUE(list) << list.error().message;
        for (const char* password : {"password", "123456", "qwerty"}) EXPECT_TRUE((*list)->contains(password).value());
        EXPECT_FALSE((*list)->contains("other").value());
      }
    }
  }
  auto small = kPassword;
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  EXPECT_TRUE(open(small)->get()->contains("password").value()) << "one line, lower case, without an end";
  EXPECT_FALSE(open(small)->get()->contains("123456").value());
}

TEST_F(BreachedPasswordsTest, OfManyEachIsFoundAndNoOther) {
  std::vector<std::string> hashes;
  for (int i = 0; i < 1000; ++i) hashes.push_back(base::sha256("hash " + std::to_string(i)).substr(0, 20));
  std::ranges::sort(hashes);
  std::string content;
  for (std::size_t i = 0; i < hashes.size(); ++i)
    content += upper(base::hex_encode(hashes[i])) + (i % 3 == 0 ? "" : ":" + std::string(i % 9 + 1, '7')) + "\r\n";
  const auto list = open(content).value();
  for (auto hash : hashes) {
    EXPECT_TRUE(list->contains_hash(hash).value());
    hash.back() = static_cast<char>(hash.back() ^ 1);
    EXPECT_FALSE(list->contains_hash(hash).value());
  }
  EXPECT_FALSE(list->contains_hash(std::string(20, '\0')).value());
  EXPECT_FALSE(list->contains_hash(std::string(20, '\xff')).value());
}

TEST_F(BreachedPasswordsTest, WhatIsNoSuchFileIsSaidAtTheStart) {
  EXPECT_THAT(objection(""), HasSubstr("is empty"));
  EXPECT_THAT(objection("\n"), HasSubstr("at byte 0 the file has a line that is no SHA-1 hash"));
  EXPECT_THAT(objection("password\n123456\n"), HasSubstr("40 hexadecimal digits"));
  EXPECT_THAT(objection(kPassword + "\n" + kDigits.substr(1) + "\n"), HasSubstr("at byte 41"));
  EXPECT_THAT(objection(kPassword + ":\n"), HasSubstr("no SHA-1 hash"));
  EXPECT_THAT(objection(kPassword + ":1x\n"), HasSubstr("no SHA-1 hash"));
  EXPECT_THAT(objection(kPassword + "5BAA61E4\n"), HasSubstr("no SHA-1 hash")) << "of another algorithm";
  EXPECT_THAT(objection(std::string(1000, 'A')), HasSubstr("too long"));
  EXPECT_THAT(objection(kPassword + ":1\n\n" + kQwerty + "\n"), HasSubstr("no SHA-1 hash")) << "a line with nothing";
  EXPECT_THAT(BreachedPasswords::open(folder.path()).error().message, HasSubstr("this is no file"));
  EXPECT_THAT(BreachedPasswords::open(folder.path() / "none").error().message, HasSubstr("No such file"));
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(BreachedPasswords::open(folder.path() / "pipe").error().message, HasSubstr("this is no file"));
}

TEST_F(BreachedPasswordsTest, AnotherOrderIsNoticed) {
  EXPECT_THAT(objection(kQwerty + ":3\n" + kPassword + ":2\n"),
              HasSubstr("at byte 43 the file is not in ascending order"));
  // By how often they came, as there is one too.
  std::string content;
  for (int i = 0; i < 3000; ++i)
    content += base::hex_encode(base::sha256(std::to_string(i)).substr(0, 20)) + ":" + std::to_string(9000 - i) + "\n";
  EXPECT_THAT(objection(content), HasSubstr("ascending order"));
  // In order where it begins, and then once more: two files put together.
  content.clear();
  for (int i = 0; i < 6000; ++i) {
    const int number = i % 3000;
    const std::string hash{static_cast<char>(number / 256), static_cast<char>(number % 256)};
    content += base::hex_encode(hash + std::string(18, '\0')) + "\n";
  }
  EXPECT_THAT(objection(content), HasSubstr("ascending order"));
}

TEST_F(BreachedPasswordsTest, AFileThatIsCutShortIsNotTakenForOneWithout) {
  const auto list = open(kPassword + "\n" + kDigits + "\n" + kQwerty + "\n").value();
  std::filesystem::resize_file(file, 50);
  EXPECT_FALSE(list->contains("qwerty").ok());
}

TEST_F(BreachedPasswordsTest, AnotherFileOfItsNameIsForTheNextStart) {
  const auto list = open(kPassword + "\n").value();
  const auto next = open(kQwerty + "\n").value();
  EXPECT_TRUE(list->contains("password").value());
  EXPECT_FALSE(next->contains("password").value());
}

}  // namespace
}  // namespace causeway::api::account
