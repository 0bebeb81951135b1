#pragma once
// A database with the stores of apiserver/oauth, and users to link identities to.

#include <memory>

#include "apiserver/oauth/attempt_store.hpp"
#include "apiserver/oauth/identity_store.hpp"
#include "tests/integration/database/database_fixture.hpp"

namespace causeway::api::oauth {

class OauthTest : public database::MigratedDatabaseTest {
 protected:
  void SetUp() override {
    MigratedDatabaseTest::SetUp();
    if (IsSkipped()) return;
    pool = make_pool();
    attempts = std::make_unique<AttemptStore>(*pool);
  }

  // Without telephone, address and password.
  std::int64_t make_user(const std::string& name) {
    const auto id = number("INSERT INTO accounts (kind, name, namespace) VALUES ('user', '" + name + "', 'u-" + name +
                           "') RETURNING id");
    script("INSERT INTO users (id, register_type) VALUES (" + std::to_string(id) + ", 'oauth')");
    return id;
  }

  base::ManualClock clock{base::system_clock().wall()};
  std::unique_ptr<database::Pool> pool;
  std::unique_ptr<AttemptStore> attempts;
};

}  // namespace causeway::api::oauth
