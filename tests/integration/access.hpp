#pragma once
// Who may do what, asked of a real API server.

#include <compare>
#include <set>
#include <string>
#include <vector>

#include "kube/client/client.hpp"

namespace causeway::test {

// A resource as an authorizer sees it. "leases.coordination.k8s.io", "secrets", "pods/log", with `group` apart.
struct Kind {
  std::string group, resource, subresource;
  auto operator<=>(const Kind&) const = default;
  std::string text() const;
};

struct Access {
  Kind kind;
  std::string verb;
  std::string name;  // "": any
  std::string ns;    // "": all of them, or a kind that has none
  auto operator<=>(const Access&) const = default;
  std::string text() const;  // "get leases.coordination.k8s.io named region in cluster-1a2b3c4d"
};

// Everything the server has by its discovery, subresources as well.
std::set<Kind> every_kind(kube::Client& client);

// Those of `questions` that `somebody` may, by SubjectAccessReviews that `admin` asks for.
std::set<Access> allowed(kube::Client& admin, kube::Client& somebody, const std::vector<Access>& questions);

// What `somebody` may by their own SelfSubjectRulesReview for a namespace: every rule, also those with names and verbs
// nobody has thought of asking for. `paths`: what is not a resource, as "get /healthz".
struct Rules {
  std::set<Access> access;
  std::set<std::string> paths;
  bool complete = false;
};
Rules rules_of(kube::Client& somebody, const std::string& ns);

}  // namespace causeway::test
