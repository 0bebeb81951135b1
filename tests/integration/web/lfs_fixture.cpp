#include "tests/integration/web/lfs_fixture.hpp"

#include "tests/integration/git_client.hpp"

namespace causeway::api {

namespace fs = std::filesystem;

void LfsTest::SetUp() {
  if (!base::find_program("git-lfs"))
    GTEST_SKIP() << "git-lfs is not on the PATH (./causeway test integration unpacks Debian's package)";
  GitTest::SetUp();
}

void LfsTest::configure(ServerOptions& options) {
  options.lfs.quota = quota;
}

std::string GitClientTest::token(Browser& owner, const std::string& scope) {
  return text_of(owner.post("/api/v1/me/tokens", {{"name", scope}, {"scopes", json::array{scope}}}), "token");
}

void GitClientTest::make_shared() {
  make("models", true);
  auto shared = repo("ada", "models", true);
  shared.metadata.generation = 9;
  shared.spec.collaborators = {{"eve", crds::CollaboratorRole::Write}, {"mia", crds::CollaboratorRole::Maintain}};
  ASSERT_TRUE(store->follow(shared).value());
}

base::ProcessSpec GitClientTest::git_spec(std::vector<std::string> argv, const std::string& cwd) const {
  return test::git_client(std::move(argv), cwd, folder.path().string());
}

base::RunOutput GitClientTest::git_run(std::vector<std::string> argv, const std::string& cwd) {
  return test::run_to_end(git_spec(std::move(argv), cwd));
}

void GitClientTest::git_must(std::vector<std::string> argv, const std::string& cwd) {
  const auto ran = git_run(argv, cwd);
  ASSERT_TRUE(ran.status.success()) << argv[0] << " " << argv[1] << " " << (argv.size() > 2 ? argv[2] : "") << ": "
                                    << ran.status.describe() << "\n"
                                    << ran.out << ran.err;
}

std::string GitClientTest::remote(const std::string& name, const std::string& token) const {
  return "http://" + (token.empty() ? "" : "whoever:" + token + "@") + "127.0.0.1:" + std::to_string(git->port()) +
         "/ada/" + name + ".git";
}

std::string GitClientTest::work_tree(const std::string& name, const std::string& token) {
  const auto tree = (folder.path() / ("work-" + base::random_hex(8))).string();
  git_must({"git", "init", "-q", "-b", "main", tree});
  git_must({"git", "remote", "add", "origin", remote(name, token)}, tree);
  git_must({"git", "commit", "-q", "--allow-empty", "-m", "Begin"}, tree);
  return tree;
}

std::string LfsTest::work_tree(const std::string& name, const std::string& token) {
  auto tree = GitClientTest::work_tree(name, token);
  git_must({"git", "lfs", "install", "--local"}, tree);
  git_must({"git", "lfs", "track", "*.bin"}, tree);
  git_must({"git", "add", ".gitattributes"}, tree);
  git_must({"git", "commit", "-q", "-m", "Track"}, tree);
  return tree;
}

void GitClientTest::commit(const std::string& tree, const std::string& file, std::string_view content) {
  std::ofstream(tree + "/" + file, std::ios::binary) << content;
  git_must({"git", "add", file}, tree);
  git_must({"git", "commit", "-q", "-m", "Add " + file}, tree);
}

std::string LfsTest::clone(const std::string& name, const std::string& token) {
  const auto tree = (folder.path() / ("clone-" + base::random_hex(8))).string();
  git_must({"git", "-c", "filter.lfs.smudge=git-lfs smudge -- %f", "-c", "filter.lfs.process=git-lfs filter-process",
            "-c", "filter.lfs.required=true", "clone", "-q", remote(name, token), tree});
  return tree;
}

base::HttpResponse LfsTest::ask(const std::string& method, const std::string& name, const std::string& rest,
                                const std::string& token, const std::string& body, base::Headers headers) {
  base::HttpClient http({.base_url = "http://127.0.0.1:" + std::to_string(git->port())});
  base::HttpRequest request{.method = method,
                            .target = "/ada/" + name + ".git/info/lfs/" + rest,
                            .headers = std::move(headers),
                            .body = body};
  if (!request.headers.get("Content-Type")) request.headers.set("Content-Type", std::string(lfs::kMediaType));
  if (!token.empty()) request.headers.set("Authorization", "Basic " + base::base64_encode("whoever:" + token));
  auto answer = http.call(request);
  EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().message);
  return answer ? *answer : base::HttpResponse{0, {}, {}};
}

std::string LfsTest::batch(const std::string& operation, const std::string& oid, std::int64_t size) {
  return json::serialize(json::object{
      {"operation", operation}, {"transfers", {"basic"}}, {"objects", {json::object{{"oid", oid}, {"size", size}}}}});
}

std::vector<fs::path> LfsTest::stored(const std::string& of) const {
  std::vector<fs::path> all;
  std::error_code error;
  for (fs::recursive_directory_iterator at(data / ".lfs" / of, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error)) all.push_back(at->path());
  }
  return all;
}

}  // namespace causeway::api
