#include "operator/settings.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/files.hpp"

namespace causeway::op {

namespace json = boost::json;
using base::Error;
using base::ErrorCode;

namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, "platform settings: " + std::move(message)};
}

// Reads a JSON object member by member and knows which were asked for, so that a misspelt key is found.
class Section {
 public:
  Section(const json::object& object, std::string path) : object_(object), path_(std::move(path)) {}

  void text(std::string_view key, std::string& into) {
    if (const json::value* v = take(key)) {
      if (v->is_string())
        into = std::string(v->get_string());
      else
        fail(key, "a string");
    }
  }
  void texts(std::string_view key, std::vector<std::string>& into) {
    const json::value* v = take(key);
    if (!v) return;
    const auto is_text = [](const json::value& one) { return one.is_string(); };
    if (!v->is_array() || !std::ranges::all_of(v->get_array(), is_text)) return fail(key, "an array of strings");
    into.clear();
    for (const auto& one : v->get_array()) into.emplace_back(one.get_string());
  }
  void integer(std::string_view key, int& into) {
    if (const json::value* v = take(key)) {
      if (v->is_int64())
        into = static_cast<int>(v->get_int64());
      else
        fail(key, "an integer");
    }
  }
  const json::object* object(std::string_view key) {
    const json::value* v = take(key);
    if (!v) return nullptr;
    if (v->is_object()) return &v->get_object();
    fail(key, "an object");
    return nullptr;
  }

  // The first thing found wrong.
  base::Result<void> finish() const {
    if (!error_.empty()) return invalid(error_);
    for (const auto& member : object_) {
      if (known_.contains(member.key())) continue;
      std::string names;
      for (const auto& k : known_) names += (names.empty() ? "" : ", ") + k;
      return invalid("unknown key \"" + path_ + std::string(member.key()) + "\"; known here: " + names);
    }
    return {};
  }

 private:
  const json::value* take(std::string_view key) {
    known_.insert(std::string(key));
    return object_.if_contains(key);
  }
  void fail(std::string_view key, std::string_view expected) {
    if (error_.empty()) error_ = path_ + std::string(key) + " must be " + std::string(expected);
  }

  const json::object& object_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
  std::string error_;
};

}  // namespace

std::string Settings::image(const std::string& name) const {
  const auto it = images.find(name);
  return it == images.end() ? std::string{} : it->second;
}

base::Result<std::string> Settings::git_authority() const {
  if (git_ca_file.empty()) return std::string();
  auto text = base::read_file(git_ca_file);
  // A Secret that is not mounted yet, most likely.
  if (!text)
    return base::Error{base::ErrorCode::kUnavailable,
                       "the authority of the git server (git.caFile): " + text.error().message};
  return text;
}

std::string Settings::demo_host(std::string_view demo, std::string_view owner) const {
  return std::string(demo) + "--" + std::string(owner) + "." + demo_domain;
}

std::string Settings::demo_url(std::string_view host) const {
  const int default_port = demo_scheme == "https" ? 443 : 80;
  std::string url = demo_scheme + "://" + std::string(host);
  if (demo_port != 0 && demo_port != default_port) url += ":" + std::to_string(demo_port);
  return url;
}

base::Result<Settings> Settings::parse(std::string_view json_text) {
  json::error_code ec;
  const json::value document = json::parse(json_text, ec);
  if (ec) return invalid("not JSON: " + ec.message());
  if (!document.is_object()) return invalid("must be a JSON object");

  Settings s;
  Section root(document.get_object(), "");
  root.text("systemNamespace", s.system_namespace);
  root.text("buildsNamespace", s.builds_namespace);
  if (const auto* o = root.object("registry")) {
    Section registry(*o, "registry.");
    registry.text("host", s.registry_host);
    registry.text("ca", s.registry_ca_pem);
    if (auto r = registry.finish(); !r) return r.error();
  }
  if (const auto* o = root.object("git")) {
    Section git(*o, "git.");
    git.text("internal", s.git_internal_url);
    git.text("public", s.git_public_url);
    std::string ca_file;
    git.text("caFile", ca_file);
    s.git_ca_file = ca_file;
    if (auto r = git.finish(); !r) return r.error();
  }
  if (const auto* o = root.object("demos")) {
    Section demos(*o, "demos.");
    demos.text("domain", s.demo_domain);
    demos.text("scheme", s.demo_scheme);
    demos.integer("port", s.demo_port);
    if (auto r = demos.finish(); !r) return r.error();
    if (s.demo_scheme != "http" && s.demo_scheme != "https")
      return invalid("demos.scheme is \"" + s.demo_scheme + "\"; it must be http or https");
    if (s.demo_port < 0 || s.demo_port > 65535) return invalid("demos.port must be between 0 and 65535");
  }
  if (const auto* o = root.object("hub")) {
    Section hub(*o, "hub.");
    hub.text("url", s.hub_url);
    if (auto r = hub.finish(); !r) return r.error();
  }
  if (const auto* o = root.object("tracing")) {
    Section tracing(*o, "tracing.");
    tracing.text("endpoint", s.tracing_endpoint);
    if (auto r = tracing.finish(); !r) return r.error();
    const std::string_view url = s.tracing_endpoint;
    if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://"))
      return invalid("tracing.endpoint is \"" + s.tracing_endpoint +
                     "\"; it must be http://host:port or https://host:port");
  }
  if (const auto* o = root.object("imports")) {
    Section imports(*o, "imports.");
    std::vector<std::string> hosts{"*"};
    imports.texts("hosts", hosts);
    if (auto r = imports.finish(); !r) return r.error();
    auto parsed = base::HostPatterns::parse(hosts);
    if (!parsed) return invalid("imports.hosts: " + parsed.error().message);
    s.import_hosts = std::move(*parsed);
  }
  if (const auto* o = root.object("images")) {
    for (const auto& member : *o) {
      if (!member.value().is_string()) return invalid("images." + std::string(member.key()) + " must be a string");
      s.images[member.key()] = std::string(member.value().get_string());
    }
  }
  if (auto r = root.finish(); !r) return r.error();
  return s;
}

base::Result<Settings> Settings::load(const std::filesystem::path& file) {
  auto text = base::read_file(file);
  if (!text) return text.error().wrap("platform settings");
  return parse(*text);
}

}  // namespace causeway::op
