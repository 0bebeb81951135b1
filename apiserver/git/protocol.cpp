#include "apiserver/git/protocol.hpp"

#include <cstdio>

namespace causeway::api::git {

std::string_view program_of(Service service) {
  return service == Service::kUploadPack ? "upload-pack" : "receive-pack";
}

std::string advertisement_type(Service service) {
  return "application/x-git-" + std::string(program_of(service)) + "-advertisement";
}
std::string request_type(Service service) {
  return "application/x-git-" + std::string(program_of(service)) + "-request";
}
std::string result_type(Service service) {
  return "application/x-git-" + std::string(program_of(service)) + "-result";
}

bool valid_git_protocol(std::string_view value) {
  if (value.empty() || value.size() > 256) return false;
  bool start_of_key = true, seen_equals = false;
  for (const char c : value) {
    if (c == ':') {
      if (start_of_key) return false;
      start_of_key = true;
      seen_equals = false;
      continue;
    }
    if (c == '=') {
      if (start_of_key || seen_equals) return false;
      seen_equals = true;
      continue;
    }
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!allowed) return false;
    start_of_key = false;
  }
  return !start_of_key;
}

std::string pkt_line(std::string_view payload) {
  char length[5];
  std::snprintf(length, sizeof length, "%04zx", payload.size() + 4);
  return std::string(length) + std::string(payload);
}

std::string announcement(Service service, std::string_view git_protocol) {
  const std::string fields = ":" + std::string(git_protocol) + ":";
  if (service == Service::kUploadPack && fields.find(":version=2:") != std::string::npos) return {};
  return pkt_line("# service=git-" + std::string(program_of(service)) + "\n") + "0000";
}

void set_no_cache(base::Headers& headers) {
  headers.set("Expires", "Fri, 01 Jan 1980 00:00:00 GMT");
  headers.set("Pragma", "no-cache");
  headers.set("Cache-Control", "no-cache, max-age=0, must-revalidate");
}

}  // namespace causeway::api::git
