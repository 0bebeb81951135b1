#include "apiserver/organisation/lookup.hpp"

#include "apiserver/persistence/problem.hpp"
#include "base/log.hpp"

namespace causeway::api::organisation {

using rest::Problem;

Viewer viewer_of(const rest::Call& call) {
  const auto* me = session::signed_in(call);
  if (!me || !rest::has_scope(call.caller(), "account:read")) return {};
  return {me->person.id, me->person.administrator};
}

base::Result<Organisation, Problem> lookup(OrganisationStore& store, const rest::Call& call, const std::string& name,
                                           Role needed) {
  const auto viewer = viewer_of(call);
  auto found = store.find(name, viewer);
  if (!found) return persistence::problem_of(found.error());
  const bool hidden = *found && (*found)->role == Role::kNone && needed != Role::kNone && !viewer.administrator;
  if (!*found || hidden) return Problem(rest::kNotFound, "there is nothing here for you in " + name);
  if ((*found)->role < needed && !viewer.administrator)
    return Problem(rest::kForbidden, "this takes the role " + std::string(to_string(needed)) + " in " + name);
  return std::move(**found);
}

void write_down(const Organisations& organisations, const rest::Call& call, std::string_view action,
                const Organisation& organisation, boost::json::object detail) {
  detail["organisation"] = organisation.name;
  organisations.audit.write(
      call,
      {.action = action, .target = {"organisation", std::to_string(organisation.id)}, .detail = std::move(detail)});
}

void follow_on_hub(const Organisations& organisations, std::int64_t organisation) {
  if (!organisations.tenants) return;
  if (auto kept = organisations.tenants->keep(organisation); !kept)
    base::log::warn("an organisation's namespace is not as it should be yet",
                    {{"account", organisation}, {"error", kept.error().message}});
}

}  // namespace causeway::api::organisation
