#include "operator/terraform/scrub.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "base/http.hpp"

namespace causeway::op::terraform {
namespace {

constexpr std::string_view kInstead = "[redacted]";
constexpr std::size_t kShortestLine = 12;  // of a value of several lines: "kind: Config" and the like stay readable

void replace_all(std::string& text, std::string_view what) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += kInstead.size()) {
    text.replace(at, what.size(), kInstead);
  }
}

}  // namespace

void Scrubber::add(std::string_view secret, const std::set<std::string, std::less<>>& open) {
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.remove_suffix(1);
  if (secret.size() < kShortest) return;
  add_form(std::string(secret));
  add_form(base::base64_encode(secret));
  add_form(base::percent_encode(secret));
  std::string quoted = boost::json::serialize(boost::json::string(secret));
  add_form(quoted.substr(1, quoted.size() - 2));

  if (secret.find('\n') == secret.npos) return;
  for (std::size_t from = 0; from < secret.size();) {
    std::size_t to = std::min(secret.find('\n', from), secret.size());
    std::string_view line = secret.substr(from, to - from);
    from = to + 1;
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    // "token: abc…" in a kubeconfig: the value alone is what must not be seen.
    if (auto colon = line.find(": "); colon != line.npos) line.remove_prefix(colon + 2);
    if (line.size() > kShortestLine && !open.contains(line)) add_form(std::string(line));
  }
}

void Scrubber::add_form(std::string form) {
  if (std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  auto place = std::find_if(forms_.begin(), forms_.end(), [&](const auto& f) { return f.size() < form.size(); });
  forms_.insert(place, std::move(form));
}

std::string Scrubber::scrub(std::string_view text) const {
  std::string out(text);
  for (const auto& form : forms_) replace_all(out, form);
  return out;
}

std::string shortened(std::string text, std::size_t longest) {
  constexpr std::string_view kMark = " …";
  if (text.size() <= longest) return text;
  longest -= std::min(longest, kMark.size());
  return std::string(base::utf8_prefix(text, longest)) + std::string(kMark);
}

}  // namespace causeway::op::terraform
