#pragma once
// The part of onebox' REST API that terraform-modules/local uses, on a unix socket, with a script: what it is slow at,
// what it refuses. Real clusters are the end-to-end tests' business; what is tested here is who is asked for what, how
// often, and what is left.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/files.hpp"
#include "base/http_server.hpp"

namespace causeway::test {

class OneboxStandIn {
 public:
  // `kubeconfig` is what its clusters answer with.
  explicit OneboxStandIn(std::string kubeconfig);
  ~OneboxStandIn();

  std::string socket() const { return folder_.path() / "onebox.sock"; }
  std::string outputs_folder() const { return folder_.path() / "outputs"; }

  void start();
  void stop();  // as if it were down

  // What PUT does after the cluster exists and before it answers; called without locks held.
  void before_answer(std::function<void()> action);
  void refuse_with(int status, std::string problem);  // 0: no longer

  std::map<std::string, std::string> clusters() const;  // id → region
  int creates() const;                                  // of clusters that were not there before
  int puts() const;
  int deletes() const;
  bool wait_for_put(int count) const;  // until that many PUTs have made their cluster; false after 30 s

 private:
  base::HttpResponse answer(const base::HttpRequest& request);
  base::HttpResponse put(const std::string& id, const std::string& body);

  base::TemporaryDirectory folder_;
  const std::string kubeconfig_;
  std::unique_ptr<base::HttpServer> server_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, std::string> clusters_;
  std::function<void()> before_answer_;
  int refusal_ = 0, creates_ = 0, puts_ = 0, deletes_ = 0;
  std::string problem_;
};

}  // namespace causeway::test
