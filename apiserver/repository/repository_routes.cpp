#include "apiserver/repository/repository_routes.hpp"

#include "apiserver/persistence/problem.hpp"
#include "apiserver/repository/views.hpp"
#include "apiserver/session/signed_in.hpp"

namespace causeway::api::repository {

using persistence::problem_of;
using rest::Answer, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem, rest::Query;

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

struct RepositoryPath {
  std::string owner, name;
};
BOOST_DESCRIBE_STRUCT(RepositoryPath, (), (owner, name))
constexpr auto field_rows(const RepositoryPath*) {
  return std::array{kube::Row{.member = "owner", .doc = "The account that owns it.", .max_length = 100},
                    kube::Row{.member = "name", .doc = "Of the repository.", .max_length = 100}};
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
  explicit RepositoryRoutes(RepositoryStore& store) : store_(store) {}

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
    auto found = store_.find(path->owner + "/" + path->name, viewer_of(call));
    if (!found) return problem_of(found.error());
    if (!*found) return Problem(rest::kNotFound, "there is no repository " + path->owner + "/" + path->name);
    return Answer<RepositoryView>{view_of(**found)};
  }

 private:
  static Viewer viewer_of(const Call& call) {
    const auto* me = session::signed_in(call);
    // With a token of another scope its owner sees what everybody does.
    if (!me || !rest::has_scope(call.caller(), "repository:read")) return {};
    return {me->person.id, me->person.administrator};
  }
  static Answer<Page<RepositoryView>> view_of_page(Answer<Page<Repository>>&& page) {
    Answer<Page<RepositoryView>> out;
    out.headers = std::move(page.headers);
    out.value.next = std::move(page.value.next);
    for (const auto& repository : page.value.items) out.value.items.push_back(view_of(repository));
    return out;
  }

  RepositoryStore& store_;
};

}  // namespace

std::vector<rest::Route> repository_routes(RepositoryStore& store) {
  const RepositoryRoutes repositories(store);
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
  return routes;
}

}  // namespace causeway::api::repository
