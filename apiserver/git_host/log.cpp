#include "apiserver/git_host/log.hpp"

#include <algorithm>
#include <charconv>

#include "apiserver/git_host/commit_walk.hpp"

namespace causeway::api::git_host {
namespace {

constexpr std::size_t kMaxDepth = 1'000'000;  // commits behind the first page

struct Position {
  git_oid start{};
  std::size_t walked = 0;
};

std::string format(const git_oid& start, std::size_t walked) {
  return to_id(start) + "-" + std::to_string(walked);
}

Result<Position> parse(std::string_view cursor) {
  const Error wrong{ErrorKind::kInvalid, "this is no cursor of a list of commits"};
  Position position;
  const auto dash = cursor.find('-');
  if (dash == std::string_view::npos || !parse_id(cursor.substr(0, dash), position.start)) return wrong;
  const auto number = cursor.substr(dash + 1);
  const auto* end = number.data() + number.size();
  const auto [stopped, error] = std::from_chars(number.data(), end, position.walked);
  if (error != std::errc() || stopped != end) return wrong;
  if (position.walked > kMaxDepth)
    return Error{ErrorKind::kTooLarge, "history is listed for " + std::to_string(kMaxDepth) + " commits at most"};
  return position;
}

}  // namespace

Result<LogPage> list_commits(git_repository* repository, const git_oid& start, const LogQuery& query,
                             const Budget& budget) {
  Position from{start};
  if (!query.after.empty()) {
    auto parsed = parse(query.after);
    if (!parsed) return parsed.error();
    from = *parsed;
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMaxLogPage);
  CommitWalk walk(repository, query.path);
  if (auto started = walk.start(from.start); !started) return started.error();
  std::size_t walked = 0;
  for (; walked < from.walked; ++walked) {
    auto step = walk.next();
    if (!step) return step.error();
    if (!*step) return LogPage{};
  }
  LogPage page;
  const auto deadline = std::chrono::steady_clock::now() + budget.time;
  while (page.commits.size() < limit) {
    // One step at least, so that a page always gets further.
    const std::size_t looked = walked - from.walked;
    if (looked > 0 && (looked >= budget.commits || std::chrono::steady_clock::now() > deadline)) break;
    auto step = walk.next();
    if (!step) return step.error();
    if (!*step) return page;
    ++walked;
    if ((*step)->listed) page.commits.push_back(to_commit((*step)->commit.get()));
  }
  if (!walk.empty()) page.next = format(from.start, walked);
  return page;
}

}  // namespace causeway::api::git_host
