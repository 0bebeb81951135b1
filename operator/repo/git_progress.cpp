#include "operator/repo/git_progress.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace causeway::op::repo {
namespace {

using crds::ImportProgress;

// "Receiving objects:  43% (430/1000), 12.00 MiB | 3.00 MiB/s": the last one of these that is whole.
std::optional<ImportProgress> last_of(std::string_view said, std::string_view title, ImportProgress::Phase phase) {
  for (auto at = said.rfind(title); at != std::string_view::npos; at = at == 0 ? at - 1 : said.rfind(title, at - 1)) {
    const auto line = said.substr(at, said.find_first_of("\r\n", at) - at);
    const auto open = line.find('('), slash = line.find('/'), close = line.find(')');
    if (open == std::string_view::npos || slash == std::string_view::npos || close == std::string_view::npos) continue;
    ImportProgress progress{.phase = phase};
    const auto number = [&](std::size_t begin, std::size_t end, std::uint64_t& out) {
      if (begin > end) return false;
      return std::from_chars(line.data() + begin, line.data() + end, out).ptr == line.data() + end && begin < end;
    };
    if (number(open + 1, slash, progress.done) && number(slash + 1, close, progress.total)) return progress;
  }
  return std::nullopt;
}

struct Known {
  std::string_view said, reason;
  bool permanent = false;
};
constexpr std::array kKnown{
    // A server that hides private repositories says of them that they are not there, or asks who it is.
    Known{"could not read Username", "there is no such repository, or it is not public", true},
    Known{"terminal prompts disabled", "there is no such repository, or it is not public", true},
    Known{"Authentication failed", "the server does not accept the credentials"},  // a Secret, which may change
    Known{"returned error: 403", "the server refuses to give it", true},
    Known{"returned error: 404", "there is no such repository, or it is not public", true},
    Known{"not found", "there is no such repository, or it is not public", true},
    Known{"does not appear to be a git repository", "there is no git repository at this address", true},
    Known{"not valid: is this a git repository", "there is no git repository at this address", true},
    Known{"returned error: 3", "the address leads elsewhere: use the one it leads to", true},
    Known{"fsck error", "git refuses what is in it: an object is not as it has to be", true},
    Known{"Could not resolve host", "the host cannot be found"},
    Known{"Failed to connect", "the host does not answer"},
    Known{"Connection refused", "the host does not answer"},
    Known{"timed out", "the host does not answer in time"},
    Known{"SSL", "the host's certificate is not accepted"},
    Known{"returned error: 5", "the server has a fault of its own; it is tried again"},
    Known{"No space left on device", "the platform's disk is full"},
    Known{"early EOF", "the connection broke; it is tried again"},
    Known{"hung up unexpectedly", "the connection broke; it is tried again"}};

}  // namespace

ImportProgress progress_of(std::string_view said) {
  if (auto resolving = last_of(said, "Resolving deltas:", ImportProgress::Phase::kResolving)) return *resolving;
  if (auto receiving = last_of(said, "Receiving objects:", ImportProgress::Phase::kReceiving)) return *receiving;
  return {};
}

GitFailure failure_of(std::string_view said) {
  std::string last;
  for (std::size_t begin = 0; begin < said.size();) {
    auto end = said.find_first_of("\r\n", begin);
    if (end == std::string_view::npos) end = said.size();
    const auto line = said.substr(begin, end - begin);
    if (line.starts_with("fatal:") || line.starts_with("error:") || line.starts_with("remote:")) {
      for (const auto& known : kKnown) {
        if (line.find(known.said) == std::string_view::npos) continue;
        return {std::string(known.reason), known.permanent};
      }
    }
    if (!line.empty()) last = line.substr(0, 300);
    begin = end + 1;
  }
  return {last.empty() ? "git gave up and did not say why" : last, false};
}

}  // namespace causeway::op::repo
