#include "tests/integration/access.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

namespace causeway::test {

namespace json = boost::json;
using kube::Object;

namespace {

constexpr kube::ResourceType kWho{"authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", false};
constexpr kube::ResourceType kMay{"authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", false};
constexpr kube::ResourceType kRules{"authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews",
                                    false};

Object get_json(kube::Client& client, const std::string& path) {
  const auto answer = client.raw({.method = "GET", .target = path, .headers = {{"Accept", "application/json"}}});
  EXPECT_TRUE(answer.ok()) << path << ": " << answer.error().message;
  return answer ? json::parse(answer->body).as_object() : Object{};
}

std::vector<std::string> texts(const Object& o, std::string_view field) {
  std::vector<std::string> all;
  if (const auto* values = kube::array_at(o, field))
    for (const auto& v : *values) all.emplace_back(v.as_string());
  return all;
}

Kind kind_of(std::string group, const std::string& resource) {
  const auto slash = resource.find('/');
  return {std::move(group), resource.substr(0, slash), slash == resource.npos ? "" : resource.substr(slash + 1)};
}

Object question(const Object& user, const Access& a) {
  auto o = kube::make_object(kMay, "", "");
  o["spec"] = Object{{"user", kube::string_at(user, "username")},
                     {"uid", kube::string_at(user, "uid")},
                     {"groups", user.at("groups")},
                     {"resourceAttributes", Object{{"verb", a.verb},
                                                   {"group", a.kind.group},
                                                   {"version", "*"},
                                                   {"resource", a.kind.resource},
                                                   {"subresource", a.kind.subresource},
                                                   {"name", a.name},
                                                   {"namespace", a.ns}}}};
  return o;
}

}  // namespace

std::string Kind::text() const {
  return resource + (group.empty() ? "" : "." + group) + (subresource.empty() ? "" : "/" + subresource);
}

std::string Access::text() const {
  return verb + " " + kind.text() + (name.empty() ? "" : " named " + name) + (ns.empty() ? "" : " in " + ns);
}

std::set<Kind> every_kind(kube::Client& client) {
  std::set<Kind> kinds;
  const auto add = [&](const std::string& group, const std::string& path) {
    const auto list = get_json(client, path);
    if (const auto* all = kube::array_at(list, "resources"))
      for (const auto& r : *all) kinds.insert(kind_of(group, std::string(kube::string_at(r.as_object(), "name"))));
  };
  add("", "/api/v1");
  const auto groups = get_json(client, "/apis");
  for (const auto& group : groups.at("groups").as_array()) {
    const std::string name(kube::string_at(group.as_object(), "name"));
    for (const auto& version : *kube::array_at(group.as_object(), "versions"))
      add(name, "/apis/" + std::string(kube::string_at(version.as_object(), "groupVersion")));
  }
  return kinds;
}

std::set<Access> allowed(kube::Client& admin, kube::Client& somebody, const std::vector<Access>& questions) {
  const auto who = somebody.create(kWho, kube::make_object(kWho, "", ""));
  EXPECT_TRUE(who.ok()) << who.error().message;
  if (!who) return {};
  const auto& user = *kube::object_at(*who, "status.userInfo");
  std::mutex mutex;
  std::set<Access> yes;
  std::size_t next = 0;
  const auto work = [&] {
    for (;;) {
      const Access* a = nullptr;
      {
        std::lock_guard lock(mutex);
        if (next == questions.size()) return;
        a = &questions[next++];
      }
      const auto answer = admin.create(kMay, question(user, *a));
      EXPECT_TRUE(answer.ok()) << a->text() << ": " << answer.error().message;
      std::lock_guard lock(mutex);
      if (answer && kube::bool_at(*answer, "status.allowed")) yes.insert(*a);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back(work);
  }
  return yes;
}

Rules rules_of(kube::Client& somebody, const std::string& ns) {
  auto review = kube::make_object(kRules, "", "");
  review["spec"] = Object{{"namespace", ns}};
  const auto answer = somebody.create(kRules, review);
  EXPECT_TRUE(answer.ok()) << answer.error().message;
  Rules rules;
  if (!answer) return rules;
  rules.complete = !kube::bool_at(*answer, "status.incomplete", true);
  for (const auto& value : *kube::array_at(*answer, "status.resourceRules")) {
    const auto& rule = value.as_object();
    auto names = texts(rule, "resourceNames");
    if (names.empty()) names.emplace_back();
    for (const auto& group : texts(rule, "apiGroups"))
      for (const auto& resource : texts(rule, "resources"))
        for (const auto& verb : texts(rule, "verbs"))
          for (const auto& name : names) rules.access.insert({kind_of(group, resource), verb, name, ns});
  }
  for (const auto& value : *kube::array_at(*answer, "status.nonResourceRules"))
    for (const auto& verb : texts(value.as_object(), "verbs"))
      for (const auto& path : texts(value.as_object(), "nonResourceURLs")) rules.paths.insert(verb + " " + path);
  return rules;
}

}  // namespace causeway::test
