#include "operator/repo/path.hpp"

namespace causeway::op::repo {
namespace {

bool valid_part(std::string_view part) {
  if (part.empty() || part.size() > 100) return false;
  if (part.front() == '.' || part.front() == '-' || part.back() == '.') return false;
  if (part.ends_with(".git") || part.ends_with(".lock") || part.find("..") != std::string_view::npos) return false;
  return part.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
         std::string_view::npos;
}

}  // namespace

base::Result<RepoPath> parse_path(std::string_view text) {
  const auto slash = text.find('/');
  const auto owner = text.substr(0, slash);
  const auto name = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
  if (!valid_part(owner) || !valid_part(name))
    return base::Error{
        base::ErrorCode::kInvalidArgument,
        "spec.path \"" + std::string(text) +
            "\" has to be owner/name, each of letters, digits, '.', '_' and '-', beginning with a letter, "
            "digit or '_' and not ending in \".git\", \".lock\" or '.'"};
  return RepoPath{std::string(owner), std::string(name)};
}

std::string event_slug(const kube::ObjectKey& key) {
  return key.ns + "." + key.name;
}

kube::ObjectKey key_of_slug(std::string_view slug) {
  const auto dot = slug.find('.');
  if (dot == 0 || dot == std::string_view::npos) return {};
  return {std::string(slug.substr(0, dot)), std::string(slug.substr(dot + 1))};
}

}  // namespace causeway::op::repo
