#pragma once
// An organisation for whoever makes a request: what routes of all kinds begin with, and how changes of members end.

#include "apiserver/audit/audit_log.hpp"
#include "apiserver/organisation/invitation_store.hpp"
#include "apiserver/organisation/organisation_store.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/signed_in.hpp"
#include "apiserver/tenant/keeper.hpp"

namespace causeway::api::organisation {

// What the routes work with. All of it is thread-safe, and outlives them.
struct Organisations {
  OrganisationStore& store;
  InvitationStore& invitations;
  audit::AuditLog& audit;
  tenant::Keeper* tenants = nullptr;  // null: there is no cluster
};

struct OrganisationPath {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(OrganisationPath, (), (name))
inline constexpr kube::Row kOrganisationRow{
    .member = "name", .doc = "Of the organisation, in any case.", .max_length = 39};
constexpr auto field_rows(const OrganisationPath*) {
  return std::array{kOrganisationRow};
}

struct MemberPath {
  std::string name, user;
};
BOOST_DESCRIBE_STRUCT(MemberPath, (), (name, user))
constexpr auto field_rows(const MemberPath*) {
  return std::array{kOrganisationRow,
                    kube::Row{.member = "user", .doc = "The user's name, in any case.", .max_length = 39}};
}

inline constexpr std::string_view kRolePattern = "^(owner|maintainer|member)$";

// With a token of another scope its owner sees what everybody does.
Viewer viewer_of(const rest::Call& call);

// 404: there is none. `needed`: 404 to who does not belong to it, 403 to who does and has a lesser role. Administrators
// of the platform have every role.
base::Result<Organisation, rest::Problem> lookup(OrganisationStore& store, const rest::Call& call,
                                                 const std::string& name, Role needed);

// Into the audit log: who belongs to it, and as what, is who has its rights.
void write_down(const Organisations& organisations, const rest::Call& call, std::string_view action,
                const Organisation& organisation, boost::json::object detail = {});

// Rights on the hub become those of today's members. What cannot be done now is done soon: the keeper has heard of it.
void follow_on_hub(const Organisations& organisations, std::int64_t organisation);

}  // namespace causeway::api::organisation
