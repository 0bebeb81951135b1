#include "apiserver/repository/repository_routes.hpp"

#include <set>
#include <utility>

#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/hub.hpp"
#include "apiserver/repository/lookup.hpp"
#include "apiserver/repository/views.hpp"
#include "apiserver/session/signed_in.hpp"
#include "base/log.hpp"

namespace causeway::api::repository {

using persistence::problem_of;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem,
    rest::Query;

namespace {

enum class Sort { recent, trending, stars, downloads };
BOOST_DESCRIBE_ENUM(Sort, recent, trending, stars, downloads)

struct ListQuery : rest::PageQuery {
  std::string q, owner, type, sdk;
  std::vector<std::string> tag;
  bool mine = false;
  Sort sort = Sort::recent;
};
BOOST_DESCRIBE_STRUCT(ListQuery, (rest::PageQuery), (q, owner, type, sdk, tag, mine, sort))
constexpr auto field_rows(const ListQuery*) {
  return std::array{
      rest::kLimitRow,
      rest::kCursorRow,
      kube::Row{.member = "q", .doc = "A part of the path or of the name people call it by.", .max_length = 100},
      kube::Row{.member = "owner", .doc = "Of this account.", .max_length = 39},
      kube::Row{.member = "type", .doc = "`model`, `dataset` or `space`.", .pattern = "^(model|dataset|space)$"},
      kube::Row{.member = "sdk", .doc = "With a demo made with this.", .max_length = 64},
      kube::Row{.member = "tag",
                .doc = "With this tag; may repeat, then with all of them.",
                .max_length = 100,
                .max_items = 10},
      kube::Row{.member = "mine", .doc = "Only those that the caller owns or has a role in."},
      kube::Row{.member = "sort", .doc = "The order, the most first.", .defaulted = true},
  };
}

struct CollaboratorView {
  std::string user, role;
  bool operator==(const CollaboratorView&) const = default;
};
BOOST_DESCRIBE_STRUCT(CollaboratorView, (), (user, role))
constexpr auto field_rows(const CollaboratorView*) {
  return std::array{
      kube::Row{.member = "user", .doc = "The account's name.", .required = true, .min_length = 1, .max_length = 39},
      kube::Row{.member = "role",
                .doc = "`read`, `write`, `maintain` or `admin`.",
                .required = true,
                .pattern = "^(read|write|maintain|admin)$"}};
}

struct NewRepository {
  std::string owner, name;
  std::string type = "model", visibility = "private";
  std::string display_name, description, license, import_url;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(NewRepository, (),
                      (owner, name, type, visibility, display_name, description, license, import_url, tags))
constexpr auto field_rows(const NewRepository*) {
  return std::array{
      kube::Row{.member = "owner",
                .doc = "The caller, or an organisation in which the caller is owner or maintainer; absent: the caller.",
                .max_length = 39},
      kube::Row{.member = "name",
                .doc = "Letters, digits, `.`, `_` and `-`.",
                .required = true,
                .min_length = 1,
                .max_length = 96,
                .pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$"},
      kube::Row{.member = "type",
                .doc = "`model`, `dataset` or `space`.",
                .defaulted = true,
                .pattern = "^(model|dataset|space)$"},
      kube::Row{
          .member = "visibility", .doc = "`public` or `private`.", .defaulted = true, .pattern = "^(public|private)$"},
      kube::Row{.member = "display_name", .doc = "As it is called.", .max_length = 128},
      kube::Row{.member = "description", .doc = "A sentence or two.", .max_length = 1024},
      kube::Row{.member = "license", .doc = "By its SPDX identifier.", .max_length = 128},
      kube::Row{.member = "import_url",
                .doc = "A git repository whose content is copied, once: `https://github.com/owner/name`.",
                .max_length = 2048,
                .pattern = "^(https?://[^\\s]+)?$"},
      kube::Row{
          .member = "tags", .doc = "What it is about.", .max_length = 64, .max_items = 20, .list = kube::ListType::Set},
  };
}

struct RepositoryChange {
  std::optional<std::string> visibility, display_name, description, website, license, default_branch;
  std::optional<std::vector<std::string>> tags;
  std::optional<bool> archived;
  std::optional<std::vector<CollaboratorView>> collaborators;
};
BOOST_DESCRIBE_STRUCT(RepositoryChange, (),
                      (visibility, display_name, description, website, license, default_branch, tags, archived,
                       collaborators))
constexpr auto field_rows(const RepositoryChange*) {
  return std::array{
      kube::Row{.member = "visibility", .doc = "`public` or `private`.", .pattern = "^(public|private)$"},
      kube::Row{.member = "display_name", .doc = "As it is called.", .max_length = 128},
      kube::Row{.member = "description", .doc = "A sentence or two.", .max_length = 1024},
      kube::Row{.member = "website", .doc = "An address.", .max_length = 2048, .pattern = "^(https?://[^\\s]+)?$"},
      kube::Row{.member = "license", .doc = "By its SPDX identifier.", .max_length = 128},
      kube::Row{.member = "default_branch", .doc = "What is shown and cloned.", .min_length = 1, .max_length = 255},
      kube::Row{
          .member = "tags", .doc = "What it is about.", .max_length = 64, .max_items = 20, .list = kube::ListType::Set},
      kube::Row{.member = "archived", .doc = "Read-only."},
      kube::Row{.member = "collaborators",
                .doc = "Who may work on it, besides the owner: the whole list.",
                .max_items = kMostCollaborators},
  };
}

crds::RepoType type_of(std::string_view word) {
  if (word == "space") return crds::RepoType::Space;
  return word == "dataset" ? crds::RepoType::Dataset : crds::RepoType::Model;
}

// A custom resource's name has lower-case letters, digits, '-' and '.'.
std::string resource_name(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c == '_' || (c == '.' && (out.empty() || out.back() == '.')) ? '-' : c;
    }
  }
  while (!out.empty() && (out.back() == '-' || out.back() == '.')) out.pop_back();
  return out;
}

// What Kubernetes would answer with an error of its own (500), not with what is wrong.
std::optional<Problem> named_twice(const std::vector<CollaboratorView>& collaborators) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < collaborators.size(); ++i) {
    if (!names.insert(collaborators[i].user).second)
      return Problem(rest::kInvalid, "Each collaborator has one role")
          .at("#/collaborators/" + std::to_string(i) + "/user", "is in the list before");
  }
  return std::nullopt;
}

Order order_of(Sort sort) {
  switch (sort) {
    case Sort::trending:
      return Order::kTrending;
    case Sort::stars:
      return Order::kStars;
    case Sort::downloads:
      return Order::kDownloads;
    case Sort::recent:
      return Order::kRecent;
  }
  return Order::kRecent;
}

// In microseconds, as the database counts: a rounded one would skip or repeat.
std::int64_t micros(base::WallTime at) {
  return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

boost::json::array position_of(Order order, const Repository& last) {
  switch (order) {
    case Order::kTrending:
      return {last.trending_score, last.id};
    case Order::kStars:
      return {last.star_count, last.id};
    case Order::kDownloads:
      return {last.download_count, last.id};
    case Order::kRecent:
      return {micros(last.active_at), last.id};
  }
  return {};
}

std::optional<Position> parse_position(Order order, const boost::json::array& sealed) {
  Position position;
  position.id = sealed.at(1).to_number<std::int64_t>();
  if (order == Order::kRecent) {
    position.active_at = base::WallTime(std::chrono::microseconds(sealed.at(0).to_number<std::int64_t>()));
  } else {
    position.rank = sealed.at(0).to_number<double>();
  }
  return position;
}

class RepositoryRoutes {
 public:
  RepositoryRoutes(RepositoryStore& store, ImportStore imports, Writer* writer, const Limits& limits,
                   OnRepositoryDeed done)
      : store_(store), imports_(imports), writer_(writer), limits_(limits), done_(std::move(done)) {}

  Outcome<Page<RepositoryView>> list(Call& call, const Query<ListQuery>& query) const {
    const Order order = order_of(query->sort);
    auto sealed = call.after(query->cursor);
    if (!sealed) return sealed.error();
    const auto after = *sealed ? parse_position(order, **sealed) : std::nullopt;
    const Filter filter{query->owner, query->type, query->sdk, query->q, query->tag, query->mine, order};
    const auto limit = static_cast<std::size_t>(query->limit) + 1;
    auto found = store_.list(filter, viewer_of(call), after, limit);
    if (!found) return problem_of(found.error());
    auto page = rest::page_of(call, query.value, std::move(*found),
                              [order](const Repository& last) { return position_of(order, last); });
    return view_of_page(std::move(page));
  }

  Outcome<RepositoryView> show(Call& call, const Path<RepositoryPath>& path) const {
    auto found = lookup(store_, call, path.value, Right::kRead);
    if (!found) return found.error();
    return Answer<RepositoryView>{view_of(*found)};
  }

  Outcome<RepositoryView> create(Call& call, const Body<NewRepository>& body) const {
    const auto& me = session::signed_in(call)->person;
    if (!writer_) return without_cluster();
    if (!me.initialised) return Problem(rest::kConflict, "choose a name first: POST /api/v1/me/initialisation");
    auto place = store_.place(body->owner.empty() ? me.name : body->owner, me.id);
    if (!place) return problem_of(place.error());
    if (!*place)
      return Problem(rest::kInvalid, "it cannot be this one's").at("#/owner", "is no organisation that you belong to");
    const auto& [owner, ns, role] = **place;
    if (role == "member")
      return Problem(rest::kForbidden, "owners and maintainers of " + owner + " make its repositories");
    crds::Repo repo;
    repo.metadata.namespace_ = ns;
    repo.metadata.name = resource_name(body->name);
    repo.spec.owner = owner;
    repo.spec.path = owner + "/" + body->name;
    repo.spec.type = type_of(body->type);
    repo.spec.visibility = body->visibility == "public" ? crds::RepoVisibility::Public : crds::RepoVisibility::Private;
    repo.spec.display_name = body->display_name;
    repo.spec.description = body->description;
    repo.spec.license = body->license;
    repo.spec.tags = body->tags;
    if (!body->import_url.empty()) {
      repo.spec.import_ = crds::RepoImport{.url = body->import_url};
      // Of two at once neither counts the other; how many run at once the operator decides.
      const auto others = imports_.under_way(me.id, owner);
      if (!others) return problem_of(others.error());
      if (*others >= kMostImports)
        return Problem(rest::kConflict, std::to_string(*others) +
                                            " imports are under way already: wait until one has ended, or cancel it");
    }
    const auto key = repo.metadata.key();
    const auto room = store_.reserve(key, limits_.repositories);
    if (!room) return problem_of(room.error());
    if (!*room)
      return rest::limit_reached(limits_.repositories, "repositories of an owner",
                                 "delete one of " + owner + "'s that is not needed");
    auto made = writer_->create({me.id}, repo);
    if (!made) {
      // Where it may have been made nevertheless, by this request or another, its room is kept until it is followed.
      if (!made.error().transient() && !made.error().already_exists()) release(key);
      return refused(made.error());
    }
    auto answer = shown(call, *made, "repository.created", kube::to_json(body.value).as_object());
    if (answer && repo.spec.import_) {
      if (auto noted = imports_.asked(std::stoll(answer->value.id), me.id); !noted) return problem_of(noted.error());
    }
    if (answer) {
      release(key);
      answer->headers.set("Location", "/api/v1/repositories/" + repo.spec.path);
    }
    return answer;
  }

  Outcome<RepositoryView> change(Call& call, const Path<RepositoryPath>& path,
                                 const Body<RepositoryChange>& body) const {
    auto found = lookup(store_, call, path.value, Right::kMaintain);
    if (!found) return found.error();
    // Who may see it, or work on it, is the owner's to say.
    const bool for_admins = body->visibility || body->collaborators || body->archived;
    if (for_admins && found->right < Right::kAdmin)
      return Problem(rest::kForbidden, "visibility, collaborators and archiving are for its owner");
    if (!writer_) return without_cluster();
    boost::json::object changes = kube::to_json(body.value).as_object();
    if (body->visibility) changes["visibility"] = capital(*body->visibility);
    if (body->collaborators) {
      if (std::cmp_greater(body->collaborators->size(), limits_.collaborators))
        return rest::limit_reached(limits_.collaborators, "collaborators of a repository",
                                   "let an organisation own it, which has members besides");
      if (auto twice = named_twice(*body->collaborators)) return std::move(*twice);
      boost::json::array all;
      for (const auto& c : *body->collaborators)
        all.push_back(boost::json::object{{"user", c.user}, {"role", capital(c.role)}});
      changes["collaborators"] = std::move(all);
    }
    auto changed = writer_->change(asker_of(call, *found), key_of(*found), changes);
    if (!changed) return refused(changed.error());
    return shown(call, *changed, "repository.changed", changes);
  }

  Outcome<void> remove(Call& call, const Path<RepositoryPath>& path) const {
    auto found = lookup(store_, call, path.value, Right::kAdmin);
    if (!found) return found.error();
    if (!writer_) return without_cluster();
    auto removed = writer_->remove(asker_of(call, *found), key_of(*found), found->resource_uid);
    if (!removed) return refused(removed.error());
    if (auto forgotten = store_.forget(found->resource_namespace, found->resource_name); !forgotten)
      return problem_of(forgotten.error());
    done_(call, {"repository.removed", *found, {}});
    return Answer<void>{};
  }

 private:
  // As it is now: who made a change must find it.
  Outcome<RepositoryView> shown(Call& call, const crds::Repo& repo, std::string_view action,
                                const boost::json::object& change) const {
    if (auto followed = store_.follow(repo); !followed) return problem_of(followed.error());
    auto found = store_.find(repo.spec.path, viewer_of(call));
    if (!found) return problem_of(found.error());
    if (!*found) return Problem(rest::kNotFound, "it is not there any more");
    done_(call, {action, **found, change});
    return Answer<RepositoryView>{view_of(**found)};
  }
  static Answer<Page<RepositoryView>> view_of_page(Answer<Page<Repository>>&& page) {
    Answer<Page<RepositoryView>> out;
    out.headers = std::move(page.headers);
    out.value.next = std::move(page.value.next);
    for (const auto& repository : page.value.items) out.value.items.push_back(view_of(repository));
    return out;
  }

  void release(const kube::ObjectKey& key) const {
    if (auto released = store_.release(key); !released)
      base::log::warn("room for a repository is kept for some minutes", {{"error", released.error().message}});
  }

  RepositoryStore& store_;
  const ImportStore imports_;
  Writer* writer_;
  const Limits limits_;
  OnRepositoryDeed done_;
};

}  // namespace

std::vector<rest::Route> repository_routes(RepositoryStore& store, ImportStore imports, Writer* writer,
                                           const Limits& limits, OnRepositoryDeed done) {
  const RepositoryRoutes repositories(store, imports, writer, limits, std::move(done));
  const rest::Access writes{rest::Role::kUser, "repository:write"};
  std::vector<rest::Route> routes;
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/repositories",
                    .summary = "Repositories that the caller may see",
                    .tag = "repositories",
                    .problems = {rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Query<ListQuery>& query) { return repositories.list(call, query); })});
  routes.push_back({.method = Method::kGet,
                    .path = "/api/v1/repositories/{owner}/{name}",
                    .summary = "A repository",
                    .tag = "repositories",
                    .description = "One that the caller may not read is not there.",
                    .problems = {rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers(
                        [=](Call& call, const Path<RepositoryPath>& path) { return repositories.show(call, path); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = "/api/v1/repositories",
       .summary = "A new repository of the caller's, or of an organisation's",
       .tag = "repositories",
       .description = "Empty, or with the content of another one (`importUrl`).",
       .access = writes,
       .success = 201,
       .problems = {rest::kConflict, rest::kForbidden, rest::kLimitReached, rest::kNotFound, rest::kUnavailable},
       .idempotency_key = true,
       .run = rest::answers(
           [=](Call& call, const Body<NewRepository>& body) { return repositories.create(call, body); })});
  routes.push_back(
      {.method = Method::kPatch,
       .path = "/api/v1/repositories/{owner}/{name}",
       .summary = "Change a repository's settings",
       .tag = "repositories",
       .description = "What is absent stays as it is. A setting that something else manages, a GitOps "
                      "repository say, is a conflict that says so.",
       .access = writes,
       .problems = {rest::kConflict, rest::kForbidden, rest::kLimitReached, rest::kNotFound, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Body<RepositoryChange>& body) {
         return repositories.change(call, path, body);
       })});
  routes.push_back({.method = Method::kDelete,
                    .path = "/api/v1/repositories/{owner}/{name}",
                    .summary = "Delete a repository",
                    .tag = "repositories",
                    .access = writes,
                    .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
                    .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path) {
                      return repositories.remove(call, path);
                    })});
  return routes;
}

}  // namespace causeway::api::repository
