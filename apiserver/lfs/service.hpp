#pragma once
// Git LFS over HTTP: routes, the gate of the git server, tables and the store put together.

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "apiserver/git/gate.hpp"
#include "apiserver/lfs/batch.hpp"
#include "apiserver/lfs/disk_store.hpp"
#include "apiserver/lfs/lock_store.hpp"
#include "apiserver/lfs/object_table.hpp"
#include "apiserver/lfs/refused_objects.hpp"
#include "apiserver/lfs/route.hpp"
#include "apiserver/malware/scanner.hpp"
#include "base/http_server.hpp"
#include "base/metrics.hpp"

namespace causeway::api::lfs {

// What it works with; has to outlive it.
struct ServiceParts {
  git::Gate& gate;
  git::Access& access;
  database::Pool& pool;
  const ObjectStore& store;
  const DiskStore* disk = nullptr;            // the same as `store`, where objects go through this server
  const malware::Scanner* scanner = nullptr;  // null: nothing is looked through for malware
  Quota quota;
  const base::Clock& clock;
  base::MetricsRegistry& metrics;
};

// Thread-safe.
class LfsService {
 public:
  explicit LfsService(ServiceParts parts)
      : parts_(std::move(parts)), objects_(parts_.pool), locks_(parts_.pool), refused_(parts_.clock) {}

  struct Summary {
    int status = 0;  // 0: the peer went away
    std::string user, error;
  };
  // Answers the exchange in every case. `address`: the client's, behind proxies.
  Summary handle(base::HttpExchange& exchange, const std::string& address, const std::string& request_id);

  // Removes what nobody needs any more: uploads that never came, objects of no repository.
  void tidy(std::stop_token stop);

 private:
  struct Visit;  // one request by somebody who may read the repository
  struct Answer {
    int status = 200;
    std::string body;
  };
  using Outcome = base::Result<Answer, git::Refusal>;

  base::Result<Visit, git::Refusal> enter(const Route& route, git::Caller caller, base::HttpExchange& exchange,
                                          const std::string& address);
  base::Result<void, git::Refusal> may_write(const Visit& visit) const;

  Outcome batch(const Visit& visit, base::HttpExchange& exchange);
  Outcome verify(const Visit& visit, base::HttpExchange& exchange);
  Outcome upload(const Visit& visit, const Route& route, base::HttpExchange& exchange);
  Outcome lock(const Visit& visit, base::HttpExchange& exchange);
  Outcome list_locks(const Visit& visit, base::HttpExchange& exchange);
  Outcome verify_locks(const Visit& visit, base::HttpExchange& exchange);
  Outcome unlock(const Visit& visit, const Route& route, base::HttpExchange& exchange);
  // Answers by itself where it succeeds.
  base::Result<Summary, git::Refusal> download(const Visit& visit, const Route& route, base::HttpExchange& exchange);

  // Whether an object may be kept: it is no malware.
  base::Result<void, git::Refusal> judge(const Visit& visit, const std::string& oid,
                                         const malware::Scanner::Content& content);
  // Of an object that has come: the table says so, and how much there is now stands beside the repository, where
  // operator/repo reads it (file causeway-lfs-bytes) for the Repo's status.
  base::Result<void, git::Refusal> keep(const Visit& visit, const Object& object);
  base::Result<std::vector<AnsweredObject>, git::Refusal> uploads(const Visit& visit, BatchRequest request);
  base::Result<std::vector<AnsweredObject>, git::Refusal> downloads(const Visit& visit, const BatchRequest& request);

  ServiceParts parts_;
  ObjectTable objects_;
  LockStore locks_;
  RefusedObjects refused_;  // as malware
  std::mutex usage_;        // one writes at a time, so that the last one has seen all
};

}  // namespace causeway::api::lfs
