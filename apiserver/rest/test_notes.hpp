#pragma once
// A small API of notes for the tests: every kind of route once, behind a real HTTP server.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apiserver/rest/api.hpp"
#include "apiserver/rest/contract.hpp"
#include "apiserver/rest/page.hpp"
#include "base/http_client.hpp"

namespace causeway::api::rest::test {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct NotePath {
  std::string owner, name;
};
BOOST_DESCRIBE_STRUCT(NotePath, (), (owner, name))
constexpr auto field_rows(const NotePath*) {
  return std::array{
      kube::Row{.member = "owner", .doc = "Whose it is.", .required = true, .max_length = 20, .pattern = "^[a-z]+$"},
      kube::Row{.member = "name", .doc = "Its name.", .required = true, .max_length = 20},
  };
}

struct NewNote {
  std::string name, text;
  std::int64_t stars = 0;
  std::vector<std::string> tags;
  std::optional<Colour> colour;
  std::string due;
};
BOOST_DESCRIBE_STRUCT(NewNote, (), (name, text, stars, tags, colour, due))
constexpr auto field_rows(const NewNote*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Its name.",
                .required = true,
                .min_length = 1,
                .max_length = 20,
                .pattern = "^[a-z0-9-]+$"},
      kube::Row{.member = "text", .doc = "What it says.", .max_length = 100},
      kube::Row{.member = "stars", .doc = "How good it is.", .minimum = 0, .maximum = 5},
      kube::Row{
          .member = "tags", .doc = "What it is about.", .max_length = 8, .max_items = 3, .list = kube::ListType::Set},
      kube::Row{.member = "colour", .doc = "Of the paper."},
      kube::Row{.member = "due", .doc = "When it is over.", .format = "date-time"},
  };
}

struct Note {
  std::string owner, name, text;
  std::int64_t version = 1;
  bool operator==(const Note&) const = default;
};
BOOST_DESCRIBE_STRUCT(Note, (), (owner, name, text, version))
constexpr auto field_rows(const Note*) {
  return std::array{
      kube::Row{.member = "owner", .doc = "Whose it is.", .required = true},
      kube::Row{.member = "name", .doc = "Its name.", .required = true},
      kube::Row{.member = "text", .doc = "What it says."},
      kube::Row{.member = "version", .doc = "How often it was written.", .required = true},
  };
}

struct ListQuery : PageQuery {
  std::optional<Colour> colour;
  std::vector<std::string> tag;
  bool archived = false;
};
BOOST_DESCRIBE_STRUCT(ListQuery, (PageQuery), (colour, tag, archived))
constexpr auto field_rows(const ListQuery*) {
  return std::array{
      kLimitRow,
      kCursorRow,
      kube::Row{.member = "colour", .doc = "Only of this colour."},
      kube::Row{.member = "tag", .doc = "Only with these tags.", .max_length = 8, .max_items = 2},
      kube::Row{.member = "archived", .doc = "Also the archived ones.", .defaulted = true},
  };
}

struct FilePath {
  std::string ref, path;
};
BOOST_DESCRIBE_STRUCT(FilePath, (), (ref, path))
constexpr auto field_rows(const FilePath*) {
  return std::array{
      kube::Row{.member = "ref", .doc = "A branch.", .required = true},
      kube::Row{.member = "path", .doc = "A file.", .required = true},
  };
}

// Who asks: "Authorization: Bearer ada", "Bearer root" (administrator), "Bearer reader" (a token without write scope),
// "Cookie: user=ada". "Bearer wrong" is refused.
class TestAuthenticator final : public Authenticator {
 public:
  base::Result<std::shared_ptr<const Caller>, Problem> authenticate(const base::HttpRequest& request, std::string_view,
                                                                    base::Headers& answer) override;
};

class Notes {
 public:
  std::vector<Route> routes();
  int created = 0;  // by mutex
  std::mutex mutex;
  std::function<void()> before_create;  // called without the mutex

 private:
  std::map<std::string, Note> notes_;
};

inline constexpr std::string_view kPublicUrl = "https://notes.example";

// The API of notes on a port of its own. What it answers to call() is held against its document.
class NotesServer {
 public:
  explicit NotesServer(ApiOptions options = default_options(), const base::Clock& clock = base::system_clock());
  static ApiOptions default_options();

  std::uint16_t port() const { return http_->port(); }
  base::HttpResponse call(base::HttpRequest request);
  base::HttpResponse get(const std::string& target, base::Headers headers = {});
  base::HttpResponse send(std::string method, const std::string& target, std::string body, base::Headers headers = {});

  Notes notes;
  base::MetricsRegistry metrics;

 private:
  TestAuthenticator authenticator_;
  std::unique_ptr<IdempotencyStore> store_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<Contract> contract_;
  std::unique_ptr<base::HttpServer> http_;
};

// A problem's body, after looking that it is one.
json::object problem_of(const base::HttpResponse& answer);

}  // namespace causeway::api::rest::test
