#pragma once
// How the platform's own parts prove who they are to the git server: tokens of their ServiceAccounts, bound to an
// audience that says what they are for. They come as a password; the user's name is the audience:
//
//   git.causeway.dev/ada/digits   reads the repository ada/digits: of a build's account
//   git.causeway.dev              reads every repository: of the operator's account
//
// Whose a token is, and whether it is good for the audience, Kubernetes says (TokenReview), asked by the repo
// controller beside this server (operator/repo/token_reviews.hpp): this process has no right to anything of the
// cluster.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/http_client.hpp"
#include "base/result.hpp"

namespace causeway::api::git {

inline constexpr std::string_view kAudience = "git.causeway.dev";
inline constexpr std::size_t kLongestToken = 8 << 10;  // bytes; Kubernetes' have about 1 KiB
inline constexpr std::size_t kRemembered = 1024;       // answers
inline constexpr auto kRememberedFor = std::chrono::seconds(30);

struct PlatformTokenOptions {
  std::string reviews;  // "unix:///run/causeway/reviews/socket"; "": no token counts
  // system:serviceaccount:<namespace>:<name>; others' tokens prove nothing.
  std::vector<std::string> build_accounts{"system:serviceaccount:causeway-builds:build"};
  std::vector<std::string> reader_accounts{"system:serviceaccount:causeway-system:causeway-operator-hub"};
};

struct PlatformReader {
  std::string account;
  std::string repository;  // "owner/name"; "": every one
};

// Thread-safe.
class PlatformTokens {
 public:
  PlatformTokens(PlatformTokenOptions options, const base::Clock& clock);

  bool configured() const { return reviews_.has_value(); }
  // Whom an Authorization header proves; nullopt: nobody of the platform. kUnavailable: it cannot be found out now.
  // What is said of a token is remembered for half a minute, so it ends that much later than the pod that it is bound
  // to.
  base::Result<std::optional<PlatformReader>> authenticate(std::string_view authorization);

 private:
  struct Known {
    std::string account;  // "": nobody
    base::SteadyTime until;
  };
  base::Result<std::string> account_of(const std::string& token, const std::string& audience);

  const PlatformTokenOptions options_;
  const base::Clock& clock_;
  std::optional<base::HttpClient> reviews_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;  // by the SHA-256 of token and audience
};

}  // namespace causeway::api::git
