#pragma once
// Organisations as the API shows them.

#include "apiserver/organisation/lookup.hpp"
#include "apiserver/render/document.hpp"

namespace causeway::api::organisation {

struct OrganisationView {
  std::string id, name, display_name, introduction, introduction_html, website, created_at, role;
  std::int64_t member_count = 0;
  bool operator==(const OrganisationView&) const = default;
  static std::string schema_name() { return "Organisation"; }
};
BOOST_DESCRIBE_STRUCT(OrganisationView, (),
                      (id, name, display_name, introduction, introduction_html, website, created_at, role,
                       member_count))
constexpr auto field_rows(const OrganisationView*) {
  return std::array{
      kube::Row{.member = "id", .doc = "Opaque.", .required = true},
      kube::Row{.member = "name", .doc = "In addresses.", .required = true},
      kube::Row{.member = "display_name", .doc = "As it is called."},
      kube::Row{.member = "introduction", .doc = "Markdown."},
      kube::Row{.member = "introduction_html", .doc = "The introduction, rendered; safe as it is."},
      kube::Row{.member = "website", .doc = "An http or https address."},
      kube::Row{.member = "created_at", .doc = "When it was made.", .required = true, .format = "date-time"},
      kube::Row{.member = "role", .doc = "The caller's: `owner`, `maintainer` or `member`; absent: none."},
      kube::Row{.member = "member_count", .doc = "How many people belong to it.", .always = true},
  };
}

inline OrganisationView view_of(const Organisation& o) {
  OrganisationView view{std::to_string(o.id),
                        o.name,
                        o.display_name,
                        o.introduction,
                        {},
                        o.website,
                        base::format_time(o.created_at),
                        {},
                        o.members};
  if (!o.introduction.empty()) view.introduction_html = render::render_markdown(o.introduction).html;
  if (o.role != Role::kNone) view.role = std::string(to_string(o.role));
  return view;
}

}  // namespace causeway::api::organisation
