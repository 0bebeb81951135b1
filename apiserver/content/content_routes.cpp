#include "apiserver/content/content_routes.hpp"

#include "apiserver/account/image.hpp"
#include "apiserver/content/rendered_files.hpp"
#include "apiserver/content/rendering.hpp"
#include "apiserver/content/views.hpp"
#include "apiserver/git_host/text.hpp"
#include "base/encoding.hpp"

namespace causeway::api::content {

using repository::RepositoryPath, repository::Right;
using rest::Answer, rest::Body, rest::Call, rest::Method, rest::Outcome, rest::Page, rest::Path, rest::Problem,
    rest::Query;

namespace {

constexpr std::size_t kShown = 1u << 20;      // bytes of a file that are shown
constexpr std::size_t kRendered = 64u << 20;  // of files that are kept as they were rendered
constexpr std::size_t kBuffered = 8u << 20;   // bytes of a raw file that are held; larger ones are streamed
constexpr std::size_t kMaxUpload = 4u << 20;  // bytes of a commit's request

struct FilePath : RepositoryPath {
  std::string revision, path;
};
BOOST_DESCRIBE_STRUCT(FilePath, (RepositoryPath), (revision, path))
constexpr auto field_rows(const FilePath*) {
  return std::array{repository::kOwnerRow, repository::kNameRow, kRevisionRow,
                    kube::Row{.member = "path", .doc = "From the root.", .max_length = 4096}};
}

struct CommitPath : RepositoryPath {
  std::string revision;
};
BOOST_DESCRIBE_STRUCT(CommitPath, (RepositoryPath), (revision))
constexpr auto field_rows(const CommitPath*) {
  return std::array{repository::kOwnerRow, repository::kNameRow, kRevisionRow};
}

struct TreeQuery : rest::PageQuery {
  std::string revision = "HEAD", path;
};
BOOST_DESCRIBE_STRUCT(TreeQuery, (rest::PageQuery), (revision, path))
constexpr auto field_rows(const TreeQuery*) {
  auto revision = kRevisionRow;
  revision.defaulted = true;
  return std::array{
      rest::kLimitRow, rest::kCursorRow, revision,
      kube::Row{.member = "path", .doc = "Of the directory, from the root; absent: that.", .max_length = 4096}};
}

struct ChangeView {
  std::string action, path, from, text, base64;
  bool operator==(const ChangeView&) const = default;
  static std::string schema_name() { return "FileChange"; }
};
BOOST_DESCRIBE_STRUCT(ChangeView, (), (action, path, from, text, base64))
constexpr auto field_rows(const ChangeView*) {
  return std::array{
      kube::Row{
          .member = "action", .doc = "`put`, `delete` or `move`.", .required = true, .pattern = "^(put|delete|move)$"},
      kube::Row{.member = "path", .doc = "From the root.", .required = true, .min_length = 1, .max_length = 4096},
      kube::Row{.member = "from", .doc = "Where it was, of `move`.", .max_length = 4096},
      kube::Row{.member = "text", .doc = "The file's content, of `put`."},
      kube::Row{.member = "base64", .doc = "The same for bytes that are no text."}};
}

struct NewCommit {
  std::string branch, message, expected_head;
  std::vector<ChangeView> changes;
};
BOOST_DESCRIBE_STRUCT(NewCommit, (), (branch, message, expected_head, changes))
constexpr auto field_rows(const NewCommit*) {
  return std::array{
      kube::Row{.member = "branch",
                .doc = "Which goes on by it; absent: the default branch.",
                .min_length = 1,
                .max_length = 255},
      kube::Row{.member = "message", .doc = "What it does.", .required = true, .min_length = 1, .max_length = 65536},
      kube::Row{.member = "expected_head",
                .doc = "What the branch was when the files were read: a conflict when somebody was faster.",
                .pattern = "^([0-9a-f]{40})?$"},
      kube::Row{.member = "changes",
                .doc = "All of them become one commit.",
                .required = true,
                .min_items = 1,
                .max_items = 1000}};
}

struct Made {
  std::string commit, before;
};
BOOST_DESCRIBE_STRUCT(Made, (), (commit, before))
constexpr auto field_rows(const Made*) {
  return std::array{kube::Row{.member = "commit", .doc = "The new commit.", .required = true},
                    kube::Row{.member = "before", .doc = "What the branch was at; absent: it is new."}};
}

base::Result<git_host::Change, Problem> change_of(const ChangeView& view, std::size_t index) {
  const std::string at = "#/changes/" + std::to_string(index);
  const auto wrong = [&](const std::string& member, std::string why) {
    return Problem(rest::kInvalid, "a change is not valid").at(at + member, std::move(why));
  };
  if (view.action == "delete") return git_host::Change(git_host::Remove{view.path});
  if (view.action == "move") {
    if (view.from.empty()) return wrong("/from", "has to say where it was");
    return git_host::Change(git_host::Move{view.from, view.path});
  }
  if (!view.text.empty() && !view.base64.empty()) return wrong("/base64", "is there beside `text`: say one of them");
  if (view.base64.empty()) return git_host::Change(git_host::PutFile{view.path, view.text, std::nullopt});
  auto bytes = base::base64_decode(view.base64);
  if (!bytes) return wrong("/base64", bytes.error().message);
  return git_host::Change(git_host::PutFile{view.path, std::move(*bytes), std::nullopt});
}

class ContentRoutes {
 public:
  explicit ContentRoutes(const Opener& opener) : opener_(opener), host_(opener.host()) {}

  Outcome<Page<EntryView>> tree(Call& call, const Path<RepositoryPath>& path, const Query<TreeQuery>& query) const {
    auto found = opener_.open(call, path.value, Right::kRead);
    if (!found) return found.error();
    auto after = position(call, query->cursor);
    if (!after) return after.error();
    git_host::TreeQuery ask;
    ask.after = std::move(*after);
    ask.limit = static_cast<std::size_t>(query->limit);
    auto page = host_->list_tree(*found, query->revision, query->path, ask);
    if (!page) return problem_of(page.error());
    return page_of(call, page->entries, page->next);
  }

  Outcome<FileView> file(Call& call, const Path<FilePath>& path) const {
    auto found = opener_.open(call, path.value, Right::kRead);
    if (!found) return found.error();
    auto info = host_->file_info(*found, path->revision, path->path);
    if (!info) return problem_of(info.error());
    FileView view{info->commit, view_of(info->entry), info->binary, false, {}, {}};
    if (info->entry.kind != git_host::EntryKind::kFile || info->binary) return Answer<FileView>{std::move(view)};
    view.truncated = info->entry.size > kShown;
    if (view.truncated) return Answer<FileView>{std::move(view)};
    auto content = host_->read_file(*found, info->commit, path->path, kShown);
    if (!content) return problem_of(content.error());
    view.text = git_host::to_utf8(content->bytes);
    // The file's id is its content; the rest is where its relative addresses lead.
    const auto key = info->entry.id + '\n' + found->text() + '\n' + path->revision + '\n' + path->path;
    view.html =
        *rendered_->get(key, [&] { return render_file(found->text(), path->revision, path->path, content->bytes); });
    return Answer<FileView>{std::move(view)};
  }

  base::Result<void, Problem> raw(Call& call, const Path<FilePath>& path) const {
    auto found = opener_.open(call, path.value, Right::kRead);
    if (!found) return found.error();
    auto info = host_->file_info(*found, path->revision, path->path);
    if (!info) return problem_of(info.error());
    if (info->entry.kind != git_host::EntryKind::kFile)
      return Problem(rest::kNotFound, "there is no file at this address");
    base::HttpResponse head;
    // Whatever it is, nothing of it may act as a page of ours.
    head.headers.set("Content-Security-Policy",
                     "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                     "frame-ancestors 'none'; sandbox");
    if (info->entry.size <= kBuffered) {
      auto content = host_->read_file(*found, info->commit, path->path, kBuffered);
      if (!content) return problem_of(content.error());
      name_type(head.headers, info->binary, content->bytes, path->path);
      head.body = std::move(content->bytes);
      call.exchange().respond(std::move(head));
      return {};
    }
    name_type(head.headers, true, {}, path->path);
    head.headers.set("Content-Length", std::to_string(info->entry.size));
    if (call.request().method == "HEAD") {
      call.exchange().respond(std::move(head));
      return {};
    }
    if (!call.exchange().start(std::move(head))) return {};
    auto sent = host_->stream_file(
        *found, info->commit, path->path, {},
        [&](std::string_view piece) { return static_cast<bool>(call.exchange().write(piece)); }, call.closed());
    if (sent) {
      (void)call.exchange().finish();
    } else {
      call.note_error(sent.error().message);
    }
    return {};
  }

  Outcome<Page<CommitView>> commits(Call& call, const Path<RepositoryPath>& path, const Query<TreeQuery>& query) const {
    auto found = opener_.open(call, path.value, Right::kRead);
    if (!found) return found.error();
    auto after = position(call, query->cursor);
    if (!after) return after.error();
    auto page =
        host_->log(*found, query->revision,
                   {.path = query->path, .after = std::move(*after), .limit = static_cast<std::size_t>(query->limit)});
    // A repository without commits has a history: none.
    if (!page && page.error().kind == git_host::ErrorKind::kNoRevision && query->revision == "HEAD")
      return Answer<Page<CommitView>>{};
    if (!page) return problem_of(page.error());
    return page_of(call, page->commits, page->next);
  }

  Outcome<CommitWithDiff> commit(Call& call, const Path<CommitPath>& path) const {
    auto found = opener_.open(call, path.value, Right::kRead);
    if (!found) return found.error();
    auto commit = host_->commit(*found, path->revision);
    if (!commit) return problem_of(commit.error());
    auto diff = host_->diff(*found, commit->id, {});
    if (!diff) return problem_of(diff.error());
    return Answer<CommitWithDiff>{view_of(*commit, *diff)};
  }

  Outcome<Made> make_commit(Call& call, const Path<RepositoryPath>& path, const Body<NewCommit>& body) const {
    auto found = opener_.open(call, path.value, Right::kWrite);
    if (!found) return found.error();
    git_host::CommitRequest request;
    request.branch = body->branch.empty() ? found->default_branch : body->branch;
    auto allowed = opener_.may(*found, repository::BranchAction::kPush, request.branch);
    if (!allowed) return allowed.error();
    if (!body->expected_head.empty()) request.expected_head = body->expected_head;
    for (std::size_t i = 0; i < body->changes.size(); ++i) {
      auto change = change_of(body->changes[i], i);
      if (!change) return change.error();
      request.changes.push_back(std::move(*change));
    }
    request.message = body->message;
    request.author = opener_.signature(call);
    request.committer = request.author;
    auto made = host_->commit_changes(*found, request);
    if (!made) return problem_of(made.error());
    Answer<Made> answer{{made->commit, made->before}};
    answer.headers.set("Location", "/api/v1/content/" + found->text() + "/commits/" + made->commit);
    return answer;
  }

 private:
  static void name_type(base::Headers& headers, bool binary, std::string_view content, std::string_view path) {
    if (!binary) return headers.set("Content-Type", "text/plain; charset=utf-8");
    if (const auto image = account::image_type(content)) return headers.set("Content-Type", std::string(*image));
    headers.set("Content-Type", "application/octet-stream");
    // RFC 6266 and 8187: what a browser calls it; of the path only its last part, with every byte escaped.
    headers.set("Content-Disposition",
                "attachment; filename*=UTF-8''" + base::percent_encode(path.substr(path.rfind('/') + 1)));
  }

  const Opener opener_;
  git_host::GitHost* const host_;
  const std::shared_ptr<RenderedFiles> rendered_ = std::make_shared<RenderedFiles>(kRendered);
};

}  // namespace

std::vector<rest::Route> content_routes(repository::RepositoryStore& store, git_host::GitHost* host,
                                        const base::Clock& clock) {
  const Opener opener(store, host, clock);
  const ContentRoutes content(opener);
  const std::string root = "/api/v1/content/{owner}/{name}";
  const std::vector<rest::ProblemKind> reading{rest::kInvalid, rest::kNotFound, rest::kUnavailable};
  std::vector<rest::Route> routes;
  routes.push_back(
      {.method = Method::kGet,
       .path = root + "/tree",
       .summary = "What is in a directory",
       .tag = "content",
       .problems = reading,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Query<TreeQuery>& query) {
         return content.tree(call, path, query);
       })});
  routes.push_back(
      {.method = Method::kGet,
       .path = root + "/files/{revision}/{path...}",
       .summary = "A file as people see it",
       .tag = "content",
       .description = "A `/` in the revision is written `%2F`.",
       .problems = {rest::kInvalid, rest::kNotFound, rest::kTooLarge, rest::kUnavailable},
       .run = rest::answers([=](Call& call, const Path<FilePath>& path) { return content.file(call, path); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = root + "/raw/{revision}/{path...}",
       .summary = "A file as it is",
       .tag = "content",
       .problems = {rest::kInvalid, rest::kNotFound, rest::kTooLarge, rest::kUnavailable},
       .content_type = "*/*",
       .run = rest::streams([=](Call& call, const Path<FilePath>& path) { return content.raw(call, path); })});
  routes.push_back(
      {.method = Method::kGet,
       .path = root + "/commits",
       .summary = "The history of a branch, or of a file in it",
       .tag = "content",
       .problems = reading,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Query<TreeQuery>& query) {
         return content.commits(call, path, query);
       })});
  routes.push_back(
      {.method = Method::kGet,
       .path = root + "/commits/{revision}",
       .summary = "A commit, and what it changed",
       .tag = "content",
       .problems = reading,
       .run = rest::answers([=](Call& call, const Path<CommitPath>& path) { return content.commit(call, path); })});
  routes.push_back(
      {.method = Method::kPost,
       .path = root + "/commits",
       .summary = "Change files, in one commit",
       .tag = "content",
       .description = "The first one of an empty repository makes its branch.",
       .access = {rest::Role::kUser, "repository:write"},
       .success = 201,
       .problems = {rest::kConflict, rest::kForbidden, rest::kNotFound, rest::kUnavailable},
       .max_body = kMaxUpload,
       .run = rest::answers([=](Call& call, const Path<RepositoryPath>& path, const Body<NewCommit>& body) {
         return content.make_commit(call, path, body);
       })});
  auto refs = ref_routes(opener);
  std::move(refs.begin(), refs.end(), std::back_inserter(routes));
  return routes;
}

}  // namespace causeway::api::content
