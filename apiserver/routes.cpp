#include "apiserver/routes.hpp"

#include <iterator>

#include "apiserver/content/content_routes.hpp"
#include "apiserver/discussion/discussion_routes.hpp"
#include "apiserver/probes.hpp"
#include "apiserver/repository/collaborator_routes.hpp"
#include "apiserver/repository/import_routes.hpp"
#include "apiserver/repository/protection_routes.hpp"
#include "apiserver/repository/repository_routes.hpp"
#include "apiserver/rest/handler.hpp"
#include "apiserver/session/cookie.hpp"

namespace causeway::api {
namespace {

using rest::Answer, rest::Call, rest::Method, rest::Outcome;

struct Version {
  std::string version;
};
BOOST_DESCRIBE_STRUCT(Version, (), (version))
constexpr auto field_rows(const Version*) {
  return std::array{kube::Row{.member = "version", .doc = "Version of the server, as in `0.1.0`.", .required = true}};
}

Outcome<Version> show_version(Call&) {
  return Answer<Version>{{CAUSEWAY_VERSION}};
}

}  // namespace

rest::ApiInfo api_info() {
  return {.title = "Causeway",
          .version = CAUSEWAY_VERSION,
          .description =
              "Repositories, demos and the people who make them. Every answer to what went wrong is a problem "
              "(RFC 9457); lists come in pages, with `next` and a Link header. A session that has to do "
              "something first is refused everywhere else (403): `second-factor-needed` until `POST /second_factor`, "
              "`password-needed` until `PUT /api/v1/me/password` has set another password than the initial one, "
              "`second-factor-set-up-needed` until `POST` and `PUT /api/v1/me/second-factor` have set one up.",
          .session_cookie = std::string(session::kSecureCookie)};
}

std::vector<rest::RateClass> rate_classes(const RequestRates& rates) {
  return {{"default", rates.requests, std::chrono::minutes(1)},
          {"login", rates.sign_ins, std::chrono::minutes(1)},
          {std::string(discussion::kWritingRate), rates.posts, std::chrono::minutes(1)},
          {"git", rates.git, std::chrono::minutes(1)}};
}

std::vector<rest::Route> web_routes(const Ready& ready, People& people, Cluster* cluster) {
  std::vector<rest::Route> routes = probe_routes(ready.check, ready.metrics);
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/version",
                    .summary = "The server's version",
                    .tag = "server",
                    .run = rest::answers(show_version)});
  const auto add = [&](std::vector<rest::Route> more) {
    std::move(more.begin(), more.end(), std::back_inserter(routes));
  };
  add(people.routes(cluster ? &cluster->tenants() : nullptr, cluster ? &cluster->access() : nullptr));
  add(content::content_routes(people.repositories(), nullptr, base::system_clock()));
  auto* const writer = cluster ? &cluster->writer() : nullptr;
  const auto done = [&people](const Call& call, const repository::RepositoryDeed& deed) {
    people.community().repository_deed(call, deed);
  };
  const repository::ImportStore imports(people.pool());
  add(repository::repository_routes(people.repositories(), imports, writer, people.limits(), done));
  add(repository::import_routes(people.repositories(), imports, writer, done));
  add(repository::collaborator_routes(people.repositories(), writer, people.limits().collaborators, done));
  add(repository::protection_routes(people.repositories(), done));
  add(people.community().routes());
  rest::serve_openapi(routes, api_info());
  return routes;
}

std::vector<rest::Route> git_routes(const Ready& ready, git::GitService& service, lfs::LfsService* lfs, People* people,
                                    git_host::GitHost& host) {
  std::vector<rest::Route> routes = probe_routes(ready.check, ready.metrics);
  if (people) {
    auto content = content::content_routes(people->repositories(), &host, base::system_clock());
    std::move(content.begin(), content.end(), std::back_inserter(routes));
  }
  routes.push_back({.method = Method::kAny,
                    .path = "/{path...}",
                    .summary = "git's smart HTTP protocol, and Git LFS",
                    .tag = "git",
                    .rate = "git",
                    .hidden = true,
                    .run = rest::streams([&service, lfs](Call& call) -> base::Result<void, rest::Problem> {
                      // Of the API's own no route fits: "." and ".." are no parameters of a path.
                      if (call.request().path().starts_with("/api/"))
                        return rest::Problem(rest::kNotFound, "there is no such address");
                      const std::string address(call.client_address());
                      const auto note = [&](auto summary) {
                        call.note_user(std::move(summary.user));
                        call.note_error(std::move(summary.error));
                      };
                      if (lfs && lfs::is_lfs(call.request().path())) {
                        note(lfs->handle(call.exchange(), address, std::string(call.request_id())));
                      } else {
                        note(service.handle(call.exchange(), address));
                      }
                      return {};
                    })});
  return routes;
}

}  // namespace causeway::api
