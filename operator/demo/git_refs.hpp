#pragma once
// Branches and tags of a repository over git's smart HTTP (gitprotocol-http(5), -pack(5), -v2(5)).

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::op::demo {

// "refs/heads/main" → commit; a tag that is an object of its own → the commit it marks. "HEAD" too where it is told.
using Refs = std::map<std::string, std::string>;

// The advertisement of a version 0 or 1 server ("001e# service=…").
base::Result<Refs> parse_advertisement(std::string_view body);
// The answer to version 2's ls-refs with peel.
base::Result<Refs> parse_ls_refs(std::string_view body);
// Whether an advertisement is version 2's list of capabilities.
bool is_version_2(std::string_view body);

// A branch before a tag of that name; full names ("refs/tags/v1") as they are.
std::optional<std::string> commit_of(const Refs& refs, const std::string& name);
std::vector<std::string> short_names(const Refs& refs);  // branches, then tags

struct GitCredential {
  std::string username, password;
};

// `ca_pem`: who signs for an https server; "": whom the system trusts. Asks in version 2, understands 0 and 1.
// kNotFound: no such repository; kPermission: it needs (another) user; kConnect, kTimeout, kUnavailable: ask again
// later.
base::Result<Refs> list_refs(const std::string& url, const std::optional<GitCredential>& credential,
                             const std::string& ca_pem, std::stop_token stop);

}  // namespace causeway::op::demo
