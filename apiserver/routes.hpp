#pragma once
// The tables of the roles: the parts of the API put together.

#include <functional>
#include <vector>

#include "apiserver/cluster.hpp"
#include "apiserver/git/service.hpp"
#include "apiserver/git_host/git_host.hpp"
#include "apiserver/lfs/service.hpp"
#include "apiserver/people.hpp"
#include "apiserver/rest/openapi.hpp"
#include "apiserver/rest/rate_limit.hpp"
#include "apiserver/rest/route.hpp"
#include "base/metrics.hpp"

namespace causeway::api {

// What the routes of a role work with; has to outlive them.
struct Ready {
  std::function<base::Result<void>()> check;
  const base::MetricsRegistry& metrics;
};

// People, their programs and browsers: everything under /api/v1 and /openapi.json.
// `cluster`: null where there is none; what is written there is refused then.
std::vector<rest::Route> web_routes(const Ready& ready, People& people, Cluster* cluster);

// How many a minute, of one caller.
struct RequestRates {
  int requests = 600;
  int sign_ins = 30;  // codes asked for and proofs given
  int posts = 30;     // issues, discussions and comments
  int git = 6000;     // of git's protocol and Git LFS, of one address
};
std::vector<rest::RateClass> rate_classes(const RequestRates& rates);
rest::ApiInfo api_info();

// git's own protocol at every address but the probes' and, where people are known, those of content and Git LFS.
// `lfs`: null where there is none.
std::vector<rest::Route> git_routes(const Ready& ready, git::GitService& service, lfs::LfsService* lfs, People* people,
                                    git_host::GitHost& host);

}  // namespace causeway::api
