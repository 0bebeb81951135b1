// The account that a new platform begins with.

#include <filesystem>

#include "base/files.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

class FirstAdministratorTest : public WebTest {
 protected:
  FirstAdministratorTest() {
    people.first_administrator = folder_;
    write("name", "ada\n");
    write("password", "analytical engine 1843\n");
    write("email", "ada@example.org\n");
  }
  ~FirstAdministratorTest() override { std::filesystem::remove_all(folder_); }
  void write(const char* name, const std::string& text) {
    std::filesystem::create_directories(folder_);
    ASSERT_TRUE(base::write_file_atomic(folder_ / name, text).ok());
  }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("first-administrator-" + std::to_string(::getpid()));
};

TEST_F(FirstAdministratorTest, IsMadeOnceAndSignsIn) {
  auto b = browser();
  ASSERT_EQ(b.post("/login", {{"account", "ada"}, {"password", "analytical engine 1843"}}).status, 200);
  EXPECT_EQ(text_of(b.get("/identity"), "role"), "administrator");
  EXPECT_TRUE(object_of(b.get("/identity")).at("initialised").as_bool());
  EXPECT_EQ(number("SELECT count(*) FROM accounts WHERE namespace = 'u-ada'"), 1);

  // Another start makes no second one, nor another password.
  write("password", "difference engine 1822\n");
  const auto second = replica();
  EXPECT_EQ(number("SELECT count(*) FROM users"), 1);
  EXPECT_EQ(browser_of(*second).post("/login", {{"account", "ada"}, {"password", "analytical engine 1843"}}).status,
            200);
}

}  // namespace
}  // namespace causeway::api
