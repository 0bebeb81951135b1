#pragma once
// The constants of git's smart HTTP protocol (gitprotocol-http(5), gitprotocol-v2(5), http-backend.c).

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/git/route.hpp"
#include "base/http.hpp"

namespace causeway::api::git {

std::string_view program_of(Service service);     // "upload-pack"
std::string advertisement_type(Service service);  // "application/x-git-upload-pack-advertisement"
std::string request_type(Service service);        // "application/x-git-upload-pack-request"
std::string result_type(Service service);         // "application/x-git-upload-pack-result"

// Value of the Git-Protocol header, which becomes GIT_PROTOCOL of the child: `key=value` or `key`, joined by ':', of
// letters, digits, '.', '_' and '-' only, at most 256 characters.
bool valid_git_protocol(std::string_view value);

// "001e# service=git-upload-pack\n0000", which precedes the advertisement but in version 2 of upload-pack.
std::string announcement(Service service, std::string_view git_protocol);

std::string pkt_line(std::string_view payload);

// Answers change with every push and must never be stored by anything between.
void set_no_cache(base::Headers& headers);

}  // namespace causeway::api::git
