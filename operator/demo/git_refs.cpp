#include "operator/demo/git_refs.hpp"

#include "base/encoding.hpp"
#include "base/http_client.hpp"
#include "operator/demo/pkt_line.hpp"

namespace causeway::op::demo {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::string_view kPeeled = "^{}";

std::string_view without_newline(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error broken(const std::string& what) {
  return {ErrorCode::kProtocol, "the git server's answer: " + what};
}

void add(Refs& refs, std::string_view name, std::string_view id) {
  if (name.ends_with(kPeeled)) {
    refs[std::string(name.substr(0, name.size() - kPeeled.size()))] = id;  // comes after the tag's own line
  } else {
    refs[std::string(name)] = id;
  }
}

Result<base::HttpResponse> checked(Result<base::HttpResponse> answered, const std::string& url) {
  if (!answered) return answered.error().wrap(url);
  switch (answered->status) {
    case 200:
      return answered;
    case 401:
    case 403:
      return Error{ErrorCode::kPermission, url + " needs another user (HTTP " + std::to_string(answered->status) + ")"};
    case 404:
      return Error{ErrorCode::kNotFound, "there is no repository at " + url};
    default:
      return Error{ErrorCode::kUnavailable, url + " answers HTTP " + std::to_string(answered->status)};
  }
}

}  // namespace

bool is_version_2(std::string_view body) {
  const auto packets = parse_packets(body);
  if (!packets) return false;
  for (const auto& packet : *packets) {
    if (packet.kind != Packet::Kind::kData) continue;
    if (packet.payload.starts_with("# service=")) continue;
    return without_newline(packet.payload) == "version 2";
  }
  return false;
}

Result<Refs> parse_advertisement(std::string_view body) {
  auto packets = parse_packets(body);
  if (!packets) return broken(packets.error().message);
  Refs refs;
  bool first = true;
  for (const auto& packet : *packets) {
    if (packet.kind != Packet::Kind::kData) continue;
    auto line = without_newline(packet.payload);
    if (line.starts_with("# service=") || line == "version 1") continue;
    if (line.starts_with("ERR ")) return broken(std::string(line.substr(4)));
    if (line.starts_with("shallow ")) continue;
    if (first) {  // capabilities follow a NUL
      line = line.substr(0, line.find('\0'));
      first = false;
    }
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !is_object_id(line.substr(0, space)))
      return broken("a line is not an object and a name");
    const auto name = line.substr(space + 1);
    if (name == "capabilities^{}") continue;  // an empty repository
    add(refs, name, line.substr(0, space));
  }
  return refs;
}

Result<Refs> parse_ls_refs(std::string_view body) {
  auto packets = parse_packets(body);
  if (!packets) return broken(packets.error().message);
  Refs refs;
  for (const auto& packet : *packets) {
    if (packet.kind != Packet::Kind::kData) continue;
    auto line = without_newline(packet.payload);
    if (line.starts_with("ERR ")) return broken(std::string(line.substr(4)));
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return broken("a line is not an object and a name");
    const auto id = line.substr(0, space);
    if (id == "unborn") continue;
    if (!is_object_id(id)) return broken("a line is not an object and a name");
    auto rest = line.substr(space + 1);
    const auto attributes = rest.find(' ');
    const auto name = rest.substr(0, attributes);
    auto commit = id;
    if (attributes != std::string_view::npos) {
      const auto peeled = rest.find(" peeled:", attributes);
      if (peeled != std::string_view::npos) {
        auto value = rest.substr(peeled + 8);
        value = value.substr(0, value.find(' '));
        if (!is_object_id(value)) return broken("a peeled tag without an object");
        commit = value;
      }
    }
    refs[std::string(name)] = commit;
  }
  return refs;
}

std::optional<std::string> commit_of(const Refs& refs, const std::string& name) {
  for (const auto& full : {"refs/heads/" + name, "refs/tags/" + name, name}) {
    if (const auto found = refs.find(full); found != refs.end()) return found->second;
  }
  return std::nullopt;
}

std::vector<std::string> short_names(const Refs& refs) {
  std::vector<std::string> names;
  for (const std::string prefix : {"refs/heads/", "refs/tags/"}) {
    for (const auto& [name, id] : refs) {
      if (name.starts_with(prefix)) names.push_back(name.substr(prefix.size()));
    }
  }
  return names;
}

Result<Refs> list_refs(const std::string& url, const std::optional<GitCredential>& credential,
                       const std::string& ca_pem, std::stop_token stop) {
  const auto parsed = base::parse_url(url);
  if (!parsed) return Error{ErrorCode::kInvalidArgument, url + " is no address"};
  base::HttpClientOptions options;
  options.base_url = url;
  options.tls.ca_pem = ca_pem;
  options.user_agent = "git/2.39 (causeway)";  // servers look for "git/"
  options.max_body_bytes = 64u << 20;
  base::HttpClient client(options);
  base::CallOptions call;
  call.timeout = std::chrono::seconds(20);
  call.stop = stop;

  base::HttpRequest request;
  request.target = "/info/refs?service=git-upload-pack";
  request.headers = {{"Git-Protocol", "version=2"}, {"Accept", "*/*"}};
  if (credential)
    request.headers.set("Authorization",
                        "Basic " + base::base64_encode(credential->username + ":" + credential->password));
  auto advertised = checked(client.call(request, call), url);
  if (!advertised) return advertised.error();
  if (advertised->headers.get("Content-Type") != "application/x-git-upload-pack-advertisement")
    return Error{ErrorCode::kProtocol, url + " is no git server"};
  if (!is_version_2(advertised->body)) return parse_advertisement(advertised->body);

  request.method = "POST";
  request.target = "/git-upload-pack";
  request.headers.set("Content-Type", "application/x-git-upload-pack-request");
  request.headers.set("Accept", "application/x-git-upload-pack-result");
  request.body = make_packet("command=ls-refs\n") + make_packet("agent=causeway\n") + "0001" + make_packet("peel\n") +
                 make_packet("symrefs\n") + make_packet("ref-prefix HEAD\n") + make_packet("ref-prefix refs/heads/\n") +
                 make_packet("ref-prefix refs/tags/\n") + "0000";
  auto listed = checked(client.call(request, call), url);
  if (!listed) return listed.error();
  return parse_ls_refs(listed->body);
}

}  // namespace causeway::op::demo
