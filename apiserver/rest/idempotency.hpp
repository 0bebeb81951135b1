#pragma once
// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a create that a client sends again is done once.
//
// A key belongs to a caller and a route. The first request with it begins; a second one while that runs is told so, and
// afterwards gets the stored answer, provided that it asks for the same. The store outlives the process that began:
// what a dead replica left in flight is its to give up, after a time.

#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/http.hpp"
#include "base/result.hpp"

namespace causeway::api::rest {

struct IdempotencyKey {
  std::string caller;       // the caller's id
  std::string route;        // "POST /api/v1/repositories"
  std::string key;          // what the client sent
  std::string fingerprint;  // digest of what it asked for: target and body
};

class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;

  enum class State {
    kBegun,         // ours to do; finish() or abandon() follows
    kInFlight,      // somebody else is doing it
    kOtherRequest,  // the key was used with another fingerprint
    kDone,          // `answer` is what it was answered
    kUnanswered,    // it was done, and what it was answered is lost
  };
  struct Begun {
    State state = State::kBegun;
    std::optional<base::HttpResponse> answer;
  };

  // Thread-safe, between replicas too. An error (the database is away) means that nothing was begun.
  virtual base::Result<Begun> begin(const IdempotencyKey& key) = 0;
  // Stores the answer. An error is not the client's: what it asked for was done.
  virtual base::Result<void> finish(const IdempotencyKey& key, const base::HttpResponse& answer) = 0;
  // It was not done (a failure of ours): the key is free again, unless it turns out to have been done.
  virtual void abandon(const IdempotencyKey& key) = 0;
};

// For tests, and for one process without a database: forgets after `keep`, and the oldest first beyond `capacity`.
std::unique_ptr<IdempotencyStore> memory_idempotency_store(const base::Clock& clock, base::Duration keep,
                                                           std::size_t capacity);

// 1 to 255 visible ASCII characters, as the client sent it (a quoted string loses its quotes). nullopt: not a key.
std::optional<std::string> parse_idempotency_key(std::string_view header);

}  // namespace causeway::api::rest
