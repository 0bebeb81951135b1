#pragma once
// Accounts as the API shows them.

#include <optional>
#include <string>

#include "apiserver/account/account_store.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"

namespace causeway::api::account {

inline constexpr kube::Row kNeedsRow{
    .member = "needs",
    .doc =
        "What has to be done in this session before anything else; absent: nothing. `second-factor`: until it is given "
        "(`POST /second_factor`) nobody is signed in. `password`: it began with an initial password, and one of the "
        "user's own has to be set (`PUT /api/v1/me/password`). `second-factor-set-up`: the platform wants a second "
        "factor of this account, and there is none (`POST /api/v1/me/second-factor`)."};

// Who makes a request: what is known without asking the database.
struct Identity {
  std::string role, id, name;
  bool initialised = false;
  std::string needs, proof;
};
BOOST_DESCRIBE_STRUCT(Identity, (), (role, id, name, initialised, needs, proof))
constexpr auto field_rows(const Identity*) {
  return std::array{
      kube::Row{.member = "role", .doc = "`visitor`, `user` or `administrator`.", .required = true},
      kube::Row{.member = "id", .doc = "Opaque; absent for visitors."},
      kube::Row{.member = "name", .doc = "The account's name; absent for visitors."},
      kube::Row{.member = "initialised",
                .doc = "Whether the user has chosen a name (`POST /api/v1/me/initialisation`).",
                .always = true},
      kNeedsRow,
      kube::Row{.member = "proof", .doc = "`session` or `token`; absent for visitors."},
  };
}
Identity identity_of(const rest::Call& call);

struct UserPath {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(UserPath, (), (name))
constexpr auto field_rows(const UserPath*) {
  return std::array{kube::Row{.member = "name", .doc = "Of the account, in any case.", .max_length = 39}};
}

struct User {
  std::string id, name, display_name, introduction, introduction_html, website, avatar, created_at;
  std::int64_t followers = 0, following = 0;
};
BOOST_DESCRIBE_STRUCT(User, (),
                      (id, name, display_name, introduction, introduction_html, website, avatar, created_at, followers,
                       following))
constexpr auto field_rows(const User*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "name", .doc = "Of the account, in addresses.", .required = true},
      kube::Row{.member = "display_name", .doc = "As the user is called."},
      kube::Row{.member = "introduction", .doc = "Markdown."},
      kube::Row{.member = "introduction_html", .doc = "The introduction, rendered; safe as it is."},
      kube::Row{.member = "website", .doc = "An http or https address."},
      kube::Row{.member = "avatar", .doc = "Address of the picture; absent: there is none."},
      kube::Row{.member = "created_at", .doc = "When the account was made.", .required = true, .format = "date-time"},
      kube::Row{.member = "followers", .doc = "How many follow the user.", .always = true},
      kube::Row{.member = "following", .doc = "How many the user follows.", .always = true},
  };
}
User user_of(const PublicProfile& profile);
// Where a picture is, by its SHA-256 in hexadecimal; "": there is none.
std::string avatar_address(const std::string& name, const std::string& sha256);

struct Me {
  std::string id, name, display_name, introduction, introduction_html, website, avatar, created_at, mobile, email;
  bool email_verified = false, notification = false, initialised = false, administrator = false, has_password = false;
  bool second_factor = false;
  std::int64_t recovery_codes = 0;
  std::string last_login_at;
  bool operator==(const Me&) const = default;
};
BOOST_DESCRIBE_STRUCT(Me, (),
                      (id, name, display_name, introduction, introduction_html, website, avatar, created_at, mobile,
                       email, email_verified, notification, initialised, administrator, has_password, second_factor,
                       recovery_codes, last_login_at))
constexpr auto field_rows(const Me*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{
          .member = "name", .doc = "Of the account, in addresses; provisional until it is chosen.", .required = true},
      kube::Row{.member = "display_name", .doc = "As the user is called."},
      kube::Row{.member = "introduction", .doc = "Markdown."},
      kube::Row{.member = "introduction_html", .doc = "The introduction, rendered; safe as it is."},
      kube::Row{.member = "website", .doc = "An http or https address."},
      kube::Row{.member = "avatar", .doc = "Address of the picture; absent: there is none."},
      kube::Row{.member = "created_at", .doc = "When the account was made.", .required = true, .format = "date-time"},
      kube::Row{.member = "mobile", .doc = "Telephone number (E.164) that codes can be sent to."},
      kube::Row{.member = "email", .doc = "E-mail address."},
      kube::Row{.member = "email_verified", .doc = "Whether a code that was sent there came back.", .always = true},
      kube::Row{.member = "notification", .doc = "Notifications by e-mail and webhook as well.", .always = true},
      kube::Row{.member = "initialised", .doc = "Whether a name has been chosen.", .always = true},
      kube::Row{.member = "administrator", .doc = "Whether the user may administer the platform.", .always = true},
      kube::Row{.member = "has_password", .doc = "Whether the user can sign in with a password.", .always = true},
      kube::Row{.member = "second_factor", .doc = "Whether signing in takes a code of an app besides.", .always = true},
      kube::Row{.member = "recovery_codes",
                .doc = "How many recovery codes are left, in place of the app's.",
                .always = true},
      kube::Row{.member = "last_login_at", .doc = "When the user signed in last.", .format = "date-time"},
  };
}
Me me_of(const Profile& profile);

// What a sign-in came to.
struct LoggedIn {
  bool fresh = false;
  std::string needs;
  std::optional<Me> user;
};
BOOST_DESCRIBE_STRUCT(LoggedIn, (), (fresh, needs, user))
constexpr auto field_rows(const LoggedIn*) {
  return std::array{
      kube::Row{.member = "fresh",
                .doc = "Whether this made the account: the user has to choose a name next "
                       "(`POST /api/v1/me/initialisation`).",
                .json = "new",
                .always = true},
      kNeedsRow,
      kube::Row{.member = "user", .doc = "Who is signed in now; absent while it needs a second factor."},
  };
}

}  // namespace causeway::api::account
