#pragma once
// Whose a ServiceAccount's token is: Kubernetes is asked (TokenReview) for the git server beside, over a unix socket.
// The server that strangers talk to so needs no account in the cluster.
//
//   POST / {"token": "…", "audience": "…"}  →  200 {"account": "system:serviceaccount:ns:name"}
//                                              200 {"account": ""}: the token is nobody's, or for another audience
//                                              503: Kubernetes does not say, and why

#include <memory>
#include <string>

#include "base/http_server.hpp"
#include "kube/client/client.hpp"
#include "kube/runtime/manager.hpp"

namespace causeway::op::repo {

class TokenReviews {
 public:
  explicit TokenReviews(kube::ClientConfig config);

  // "unix:///run/causeway/reviews/socket", which only processes of our user can open.
  base::Result<void> start(const std::string& listen);
  void stop();

  // Every request; for tests without a socket.
  base::HttpResponse answer(const base::HttpRequest& request);

 private:
  kube::Client client_;  // an impatient one: somebody waits for the answer
  std::unique_ptr<base::HttpServer> server_;
};

// As long as the manager runs, as whom it is.
void add_token_reviews(kube::Manager& manager, const std::string& listen);

}  // namespace causeway::op::repo
