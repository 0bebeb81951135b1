#pragma once
// An account in a list of people: who follows, who has starred.

#include <cstdint>
#include <string>

#include "apiserver/database/rows.hpp"
#include "apiserver/rest/page.hpp"

namespace causeway::api::social {

struct Listed {
  std::int64_t id = 0;                           // of the row that lists it
  std::string name, display_name, kind, avatar;  // `avatar`: SHA-256 of the picture, hexadecimal; "": none
  base::WallTime since;
};

// What listed_of() reads, out of `e` (the row that lists) and `a` (the account), with the picture `p`.
inline constexpr std::string_view kListedColumns =
    "e.id, e.created_at, a.name, a.display_name, a.kind, encode(p.sha256, 'hex') AS avatar";
Listed listed_of(const database::Row& row);

struct PersonView {
  std::string name, display_name, kind, avatar, since;
  bool operator==(const PersonView&) const = default;
  static std::string schema_name() { return "Person"; }
};
BOOST_DESCRIBE_STRUCT(PersonView, (), (name, display_name, kind, avatar, since))
constexpr auto field_rows(const PersonView*) {
  return std::array{
      kube::Row{.member = "name", .doc = "Of the account, in addresses.", .required = true},
      kube::Row{.member = "display_name", .doc = "As it is called."},
      kube::Row{.member = "kind", .doc = "`user` or `organisation`.", .required = true},
      kube::Row{.member = "avatar", .doc = "Address of the picture; absent: there is none."},
      kube::Row{.member = "since", .doc = "Since when it is in this list.", .required = true, .format = "date-time"},
  };
}
PersonView view_of(const Listed& listed);

}  // namespace causeway::api::social
