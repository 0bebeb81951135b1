// Passwords that became known elsewhere.

#include "base/files.hpp"
#include "tests/integration/web/web_fixture.hpp"

namespace causeway::api {
namespace {

using testing::HasSubstr;

class BreachedTest : public WebTest {
 protected:
  BreachedTest() {
    people.breached_passwords = folder.path() / "hashes";
    // Of "difference engine 1822".
    EXPECT_TRUE(base::write_file_atomic(people.breached_passwords,
                                        "0000000000000000000000000000000000000000:7\r\n"
                                        "93AFDF03F74363B9A57A6848B069B7CCBA1D26A5:1\r\n"));
  }
  const base::TemporaryDirectory folder;
};

TEST_F(BreachedTest, APasswordThatBecameKnownIsRefused) {
  auto ada = user("ada");
  const auto set = [&](const char* to) {
    return ada.send("PUT", "/api/v1/me/password", json::object{{"password", to}});
  };
  const auto refused = set("difference engine 1822");
  EXPECT_EQ(slug(refused), "invalid");
  EXPECT_THAT(refused.body, HasSubstr("became known in a breach"));
  EXPECT_THAT(set("password1").body, HasSubstr("first that are tried")) << "as well";
  EXPECT_EQ(set("analytical engine 1843").status, 204);
  std::filesystem::resize_file(people.breached_passwords, 44);
  EXPECT_EQ(set("bernoulli numbers 1842").status, 503) << "not taken unseen";
}

TEST_F(BreachedTest, AListThatIsNoneIsSaidAtTheStart) {
  ASSERT_TRUE(base::write_file_atomic(people.breached_passwords, "password\n"));
  EXPECT_THROW(replica(), std::logic_error);
}

}  // namespace
}  // namespace causeway::api
