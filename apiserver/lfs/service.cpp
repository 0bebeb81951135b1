#include "apiserver/lfs/service.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "apiserver/lfs/lock_messages.hpp"
#include "apiserver/rest/client_address.hpp"
#include "apiserver/rest/json_body.hpp"
#include "apiserver/rest/media_type.hpp"
#include "base/files.hpp"
#include "base/log.hpp"

namespace causeway::api::lfs {

using git::Refusal;

struct LfsService::Visit {
  git::Caller caller;
  git::Pass pass;
  std::int64_t repository = 0;  // id
  std::string root;             // the address of Git LFS for it
  std::int64_t user() const { return caller.person ? caller.person->viewer.user : 0; }
};

namespace {

constexpr auto kKeptForUploads = std::chrono::hours(24);
// Of an object that came. A 422 is to git-lfs 3.3 that it should send no Content-Type, and it pushes without the
// object.
constexpr int kNotAsAnnounced = 400;

base::HttpResponse message(int status, std::string body) {
  auto response = base::json_response(status, std::move(body));
  response.headers.set("Content-Type", std::string(kMediaType));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

base::HttpResponse response_of(const Refusal& refusal, const std::string& request_id) {
  auto response =
      message(refusal.status,
              boost::json::serialize(boost::json::object{{"message", refusal.message}, {"request_id", request_id}}));
  if (refusal.status == 401) {
    response.headers.set("LFS-Authenticate", git::kChallenge);
    response.headers.set("WWW-Authenticate", git::kChallenge);
  }
  if (refusal.retry_after > 0) response.headers.set("Retry-After", std::to_string(refusal.retry_after));
  if (!refusal.allow.empty()) response.headers.set("Allow", refusal.allow);
  return response;
}

Refusal refusal_of(const database::Error& error) {
  if (error.kind == database::ErrorKind::kForeignKey) return {.status = 404, .message = "the repository has gone"};
  if (error.kind == database::ErrorKind::kInvalid || error.kind == database::ErrorKind::kCheck)
    return {.status = 422, .message = "a value is not valid", .log = error.message};
  if (error.kind == database::ErrorKind::kOther)
    return {.status = 500, .message = "something failed on our side", .log = error.message};
  return {.status = 503,
          .message = "the database does not answer right now: try again",
          .log = error.message,
          .retry_after = 2};
}

// Of an object that is written or read here.
Refusal refusal_of(const base::Error& error, const std::string& oid) {
  using base::ErrorCode;
  const std::string what = "object " + oid + ": ";
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return {.status = kNotAsAnnounced, .message = what + error.message};
    case ErrorCode::kNotFound:
      return {.status = 404, .message = what + "it is not there"};
    case ErrorCode::kUnavailable:
      return {.status = 507, .message = what + error.message};
    default:
      return {.status = 500, .message = what + "it cannot be stored or read now", .log = error.message};
  }
}

// While a body is read.
Refusal cut_short(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kTimeout:
      return {.status = 408, .message = error.message};
    case base::ErrorCode::kInvalidArgument:
      return {.status = 413, .message = error.message};
    default:
      return {.status = 400, .message = error.message};
  }
}

std::optional<Refusal> media_objection(const base::HttpRequest& request) {
  const auto accept = request.headers.get("Accept");
  if (accept && !rest::accepts(*accept, kMediaType))
    return Refusal{.status = 406, .message = "answers are " + std::string(kMediaType)};
  if (request.method == "GET") return std::nullopt;
  const auto type = request.headers.get("Content-Type");
  if (!type || !rest::is_media_type(*type, kMediaType))
    return Refusal{.status = 415, .message = "the Content-Type has to be " + std::string(kMediaType)};
  return std::nullopt;
}

std::optional<Refusal> encoding_objection(const base::HttpRequest& request) {
  const auto encoding = request.headers.get("Content-Encoding");
  if (!encoding || encoding->empty() || *encoding == "identity") return std::nullopt;
  return Refusal{.status = 415, .message = "the body has to come as it is, without Content-Encoding"};
}

base::Result<std::string, Refusal> body_of(base::HttpExchange& exchange) {
  if (auto objection = encoding_objection(exchange.request())) return *objection;
  auto body = exchange.read_all(kMaxRequest);
  if (!body) return cut_short(body.error());
  if (rest::parsed_bytes(*body) == 0) return Refusal{.status = 413, .message = "the body has too many values"};
  return std::move(*body);
}

// Where the client came: addresses that it is given lead back there. A proxy that we believe says what it spoke.
std::string origin_of(const base::HttpExchange& exchange, const std::string& address) {
  const auto& headers = exchange.request().headers;
  const bool proxied = rest::address_of(exchange.remote()) != address;
  const bool tls = proxied && headers.get("X-Forwarded-Proto") == "https";
  return std::string(tls ? "https://" : "http://") + std::string(headers.get("Host").value_or(""));
}

}  // namespace

base::Result<LfsService::Visit, Refusal> LfsService::enter(const Route& route, git::Caller caller,
                                                           base::HttpExchange& exchange, const std::string& address) {
  auto pass = parts_.gate.enter(caller, route.owner, route.name);
  if (!pass) return pass.error();
  if (!pass->repository.lfs)
    return Refusal{.status = 404, .message = "Git LFS is switched off in " + pass->path + " (spec.lfs.enabled)"};
  if (!pass->record) {
    auto record = parts_.access.find(pass->path, caller.viewer());
    if (!record) return Refusal{503, "the database does not answer right now: try again", record.error().message, 2};
    if (!*record)
      return Refusal{.status = 404,
                     .message = "Git LFS is for repositories of accounts, and nobody with one owns " + pass->path};
    pass->record = std::move(*record);
  }
  const auto id = pass->record->id;
  const auto root = origin_of(exchange, address) + "/" + pass->path + ".git/info/lfs";
  return Visit{std::move(caller), std::move(*pass), id, root};
}

base::Result<void, Refusal> LfsService::may_write(const Visit& visit) const {
  return parts_.gate.may_write(visit.caller, visit.pass);
}

base::Result<std::vector<AnsweredObject>, Refusal> LfsService::downloads(const Visit& visit,
                                                                         const BatchRequest& request) {
  std::vector<std::string> oids;
  for (const auto& wanted : request.objects) {
    if (!wanted.error) oids.push_back(wanted.oid);
  }
  auto sizes = objects_.sizes(visit.repository, oids);
  if (!sizes) return refusal_of(sizes.error());
  std::vector<AnsweredObject> answered;
  for (const auto& wanted : request.objects) {
    auto& one = answered.emplace_back(AnsweredObject{.oid = wanted.oid, .size = wanted.size, .error = wanted.error});
    if (one.error) continue;
    const auto found = sizes->find(wanted.oid);
    if (found == sizes->end()) {
      one.error = {404, "the repository has no such object"};
      continue;
    }
    one.size = found->second;
    one.authenticated = parts_.store.authenticated();
    one.actions["download"] =
        parts_.store.download({visit.repository, wanted.oid, one.size}, visit.root + "/objects/" + wanted.oid);
  }
  return answered;
}

base::Result<std::vector<AnsweredObject>, Refusal> LfsService::uploads(const Visit& visit, BatchRequest request) {
  using State = ObjectTable::Place::State;
  std::vector<Object> objects;
  for (auto& wanted : request.objects) {
    if (wanted.error) continue;
    if (auto why = refused_.why(visit.repository, wanted.oid)) {
      wanted.error = {403, std::move(*why)};
      continue;
    }
    objects.push_back({visit.repository, wanted.oid, wanted.size});
  }
  auto places = objects_.expect(objects, visit.user(), parts_.quota);
  if (!places) return refusal_of(places.error());
  std::vector<AnsweredObject> answered;
  for (const auto& wanted : request.objects) {
    auto& one = answered.emplace_back(AnsweredObject{.oid = wanted.oid, .size = wanted.size, .error = wanted.error});
    if (one.error) continue;
    const auto& place = places->at(wanted.oid);
    const Object object{visit.repository, wanted.oid, wanted.size};
    switch (place.state) {
      case State::kThere:
        break;
      case State::kOtherSize:
        one.error = {422, "the repository has this object, with another size"};
        break;
      case State::kTooMuch:
        one.error = {place.excess.status, place.excess.message};
        break;
      case State::kExpected:
        // Not `authenticated`, which would be of the verification as well: that needs the client's own proof.
        one.actions["upload"] = parts_.store.upload(object, visit.root + "/objects/" + wanted.oid);
        one.actions["verify"] = {visit.root + "/objects/verify"};
        break;
    }
  }
  return answered;
}

LfsService::Outcome LfsService::batch(const Visit& visit, base::HttpExchange& exchange) {
  const auto body = body_of(exchange);
  if (!body) return body.error();
  const auto request = parse_batch(*body);
  if (!request) return request.error();
  if (request->operation == Operation::kUpload) {
    if (auto may = may_write(visit); !may) return may.error();
  }
  auto answered = request->operation == Operation::kUpload ? uploads(visit, *request) : downloads(visit, *request);
  if (!answered) return answered.error();
  return Answer{200, batch_answer(*answered)};
}

LfsService::Outcome LfsService::verify(const Visit& visit, base::HttpExchange& exchange) {
  if (auto may = may_write(visit); !may) return may.error();
  const auto body = body_of(exchange);
  if (!body) return body.error();
  const auto wanted = parse_object(*body);
  if (!wanted) return wanted.error();
  const auto row = objects_.find(visit.repository, wanted->oid);
  if (!row) return refusal_of(row.error());
  const Refusal absent{.status = 404, .message = "object " + wanted->oid + " is not there: upload it first"};
  // On the disk here, what was not uploaded to this repository is not its own, whatever else is there.
  if (!*row || (parts_.disk && !(*row)->verified)) return absent;
  if ((*row)->size != wanted->size)
    return Refusal{.status = kNotAsAnnounced,
                   .message = "object " + wanted->oid + " has " + std::to_string((*row)->size) + " bytes"};
  const Object object{visit.repository, wanted->oid, wanted->size};
  if (auto good = parts_.store.check(object, exchange.closed()); !good) {
    if (good.error().code != base::ErrorCode::kUnavailable) return refusal_of(good.error(), object.oid);
    return Refusal{503, "the object store does not answer as it should: try again", good.error().message, 5};
  }
  if (!(*row)->verified) {
    const auto content = [&](std::uint64_t most, const malware::Scanner::Sink& sink) {
      return parts_.store.read(object, most, sink, exchange.closed());
    };
    if (auto good = judge(visit, object.oid, content); !good) return good.error();
    if (auto kept = keep(visit, object); !kept) return kept.error();
  }
  return Answer{200, "{}"};
}

LfsService::Outcome LfsService::upload(const Visit& visit, const Route& route, base::HttpExchange& exchange) {
  if (auto may = may_write(visit); !may) return may.error();
  if (!parts_.disk) return Refusal{.status = 404, .message = "objects are not uploaded here: ask objects/batch where"};
  if (auto objection = encoding_objection(exchange.request())) return *objection;
  const auto row = objects_.find(visit.repository, route.oid);
  if (!row) return refusal_of(row.error());
  if (!*row)
    return Refusal{.status = 404, .message = "nobody announced object " + route.oid + ": ask objects/batch first"};
  const Object object{visit.repository, route.oid, (*row)->size};
  const auto length = exchange.request().headers.get("Content-Length");
  if (length && *length != std::to_string(object.size))
    return Refusal{.status = kNotAsAnnounced,
                   .message = "object " + route.oid + " was announced with " + std::to_string(object.size) +
                              " bytes, and not " + std::string(*length)};
  auto upload = parts_.disk->receive(object);
  if (!upload) return refusal_of(upload.error(), object.oid);
  auto& received = parts_.metrics.counter("causeway_lfs_received_bytes_total", "Bytes of uploaded large files");
  std::vector<char> piece(256 * 1024);
  while (true) {
    auto size = exchange.read(piece);
    if (!size) return cut_short(size.error());
    if (*size == 0) break;
    received.add(static_cast<double>(*size));
    if (auto written = (*upload)->write({piece.data(), *size}); !written)
      return refusal_of(written.error(), object.oid);
  }
  if (auto good =
          judge(visit, object.oid, [&](std::uint64_t most, const auto& sink) { return (*upload)->read(most, sink); });
      !good)
    return good.error();
  if (auto whole = (*upload)->finish(); !whole) return refusal_of(whole.error(), object.oid);
  if (auto kept = keep(visit, object); !kept) return kept.error();
  return Answer{200, "{}"};
}

base::Result<void, Refusal> LfsService::judge(const Visit& visit, const std::string& oid,
                                              const malware::Scanner::Content& content) {
  if (!parts_.scanner) return {};
  const auto good = parts_.scanner->judge(visit.pass.path, "Git LFS " + oid, visit.caller.name, content);
  if (good) return {};
  const auto message = "object " + oid + ": " + good.error().message;
  switch (good.error().code) {
    case base::ErrorCode::kPermission:
      refused_.add(visit.repository, oid, good.error().message);
      return Refusal{.status = 403, .message = message};
    case base::ErrorCode::kUnavailable:
      return Refusal{.status = 503, .message = message, .retry_after = 5};
    default:
      return refusal_of(good.error(), oid);
  }
}

base::Result<void, Refusal> LfsService::keep(const Visit& visit, const Object& object) {
  if (auto kept = objects_.verified(object, parts_.clock.wall()); !kept) return refusal_of(kept.error());
  // It is there by now: what is not written down this time is so after the next one.
  const std::lock_guard lock(usage_);
  const auto total = objects_.total(visit.repository);
  const auto file = visit.pass.repository.directory / "causeway-lfs-bytes";
  const auto written = total ? base::write_file_atomic(file, std::to_string(*total)) : base::Result<void>();
  if (!total || !written)
    base::log::warn("how many large files a repository has is not known",
                    {{"path", visit.pass.path}, {"error", total ? written.error().message : total.error().message}});
  return {};
}

base::Result<LfsService::Summary, Refusal> LfsService::download(const Visit& visit, const Route& route,
                                                                base::HttpExchange& exchange) {
  if (!parts_.disk)
    return Refusal{.status = 404, .message = "objects are not downloaded here: ask objects/batch where"};
  const auto row = objects_.find(visit.repository, route.oid);
  if (!row) return refusal_of(row.error());
  if (!*row || !(*row)->verified) return Refusal{.status = 404, .message = "the repository has no object " + route.oid};
  const auto file = parts_.disk->open(route.oid);
  if (!file) return refusal_of(file.error(), route.oid);

  const auto size = (*row)->size;
  const auto& headers = exchange.request().headers;
  const std::string tag = "\"" + route.oid + "\"";
  // What an oid names never changes: with another tag it was another object.
  const auto condition = headers.get("If-Range");
  const auto range = answer_range(condition && *condition != tag ? std::nullopt : headers.get("Range"), size);
  base::HttpResponse head;
  head.status = range.status;
  head.headers = {{"Content-Type", "application/octet-stream"},
                  {"Content-Disposition", "attachment; filename=\"" + route.oid + "\""},
                  {"Accept-Ranges", "bytes"},
                  {"ETag", tag},
                  {"Cache-Control", "private, no-cache"}};
  if (range.status == 416) {
    head.headers.set("Content-Range", "bytes */" + std::to_string(size));
    exchange.respond(std::move(head));
    return Summary{416, {}, {}};
  }
  if (range.status == 206)
    head.headers.set("Content-Range", "bytes " + std::to_string(range.range.first) + "-" +
                                          std::to_string(range.range.first + range.range.length - 1) + "/" +
                                          std::to_string(size));
  head.headers.set("Content-Length", std::to_string(range.range.length));
  if (auto begun = exchange.start(std::move(head)); !begun) return Summary{0, {}, begun.error().message};
  auto& sent = parts_.metrics.counter("causeway_lfs_sent_bytes_total", "Bytes of downloaded large files");
  if (exchange.request().method == "HEAD") {
    if (auto done = exchange.finish(); !done) return Summary{0, {}, done.error().message};
    return Summary{range.status, {}, {}};
  }
  const auto copied = copy(*file, range.range, [&](std::string_view bytes) {
    sent.add(static_cast<double>(bytes.size()));
    return exchange.write(bytes);
  });
  // Half an answer ends the connection: the client sees that it is not whole, and goes on from there.
  if (!copied) return Summary{0, {}, copied.error().message};
  if (auto done = exchange.finish(); !done) return Summary{0, {}, done.error().message};
  return Summary{range.status, {}, {}};
}

LfsService::Outcome LfsService::lock(const Visit& visit, base::HttpExchange& exchange) {
  if (auto may = may_write(visit); !may) return may.error();
  if (visit.user() == 0) return Refusal{.status = 403, .message = "people lock files; the platform itself does not"};
  const auto body = body_of(exchange);
  if (!body) return body.error();
  const auto request = parse_lock(*body);
  if (!request) return request.error();
  const auto taken = locks_.take(visit.repository, visit.user(), request->path, request->ref);
  if (!taken) return refusal_of(taken.error());
  if (taken->fresh) return Answer{201, lock_answer(taken->lock)};
  return Answer{409, lock_answer(taken->lock, request->path + " is locked by " + taken->lock.owner_name)};
}

LfsService::Outcome LfsService::list_locks(const Visit& visit, base::HttpExchange& exchange) {
  auto filter = parse_list_locks(exchange.request().query());
  if (!filter) return filter.error();
  const auto limit = filter->limit++;
  auto locks = locks_.list(visit.repository, *filter);
  if (!locks) return refusal_of(locks.error());
  return Answer{200, locks_answer(std::move(*locks), limit)};
}

LfsService::Outcome LfsService::verify_locks(const Visit& visit, base::HttpExchange& exchange) {
  if (auto may = may_write(visit); !may) return may.error();
  const auto body = body_of(exchange);
  if (!body) return body.error();
  auto filter = parse_verify_locks(*body);
  if (!filter) return filter.error();
  const auto limit = filter->limit++;
  auto locks = locks_.list(visit.repository, *filter);
  if (!locks) return refusal_of(locks.error());
  return Answer{200, verified_locks_answer(std::move(*locks), limit, visit.user())};
}

LfsService::Outcome LfsService::unlock(const Visit& visit, const Route& route, base::HttpExchange& exchange) {
  if (auto may = may_write(visit); !may) return may.error();
  const auto body = body_of(exchange);
  if (!body) return body.error();
  const auto force = parse_unlock(*body);
  if (!force) return force.error();
  const bool any = *force && visit.pass.right >= repository::Right::kMaintain;
  const auto released = locks_.release(visit.repository, route.lock, visit.user(), any);
  if (!released) return refusal_of(released.error());
  if (!released->lock) return Refusal{.status = 404, .message = "there is no such lock"};
  if (!released->done)
    return Refusal{.status = 403,
                   .message = released->lock->path + " is locked by " + released->lock->owner_name +
                              "; only who maintains the repository may break that, with --force"};
  return Answer{200, lock_answer(*released->lock)};
}

LfsService::Summary LfsService::handle(base::HttpExchange& exchange, const std::string& address,
                                       const std::string& request_id) {
  using Kind = Route::Kind;
  const auto& request = exchange.request();
  std::string user;
  const auto refuse = [&](const Refusal& refusal) {
    exchange.respond(response_of(refusal, request_id));
    return Summary{refusal.status, user, refusal.log.empty() ? refusal.message : refusal.log};
  };
  const auto route = parse_route(request.method, request.path());
  if (!route) return refuse(route.error());
  auto caller = parts_.gate.caller(request, address);
  if (!caller) return refuse(caller.error());
  user = caller->name;
  const bool content = route->kind == Kind::kUpload || route->kind == Kind::kDownload;
  if (!content) {
    if (auto objection = media_objection(request)) return refuse(*objection);
  }
  const auto visit = enter(*route, std::move(*caller), exchange, address);
  if (!visit) return refuse(visit.error());
  if (route->kind == Kind::kDownload) {
    auto summary = download(*visit, *route, exchange);
    if (!summary) return refuse(summary.error());
    summary->user = user;
    return *summary;
  }
  const auto outcome = [&]() -> Outcome {
    switch (route->kind) {
      case Kind::kBatch:
        return batch(*visit, exchange);
      case Kind::kVerify:
        return verify(*visit, exchange);
      case Kind::kUpload:
        return upload(*visit, *route, exchange);
      case Kind::kLock:
        return lock(*visit, exchange);
      case Kind::kListLocks:
        return list_locks(*visit, exchange);
      case Kind::kVerifyLocks:
        return verify_locks(*visit, exchange);
      case Kind::kUnlock:
        return unlock(*visit, *route, exchange);
      case Kind::kDownload:
        break;
    }
    return Refusal{};
  }();
  if (!outcome) {
    if (exchange.closed().stop_requested()) return {0, user, outcome.error().message};
    return refuse(outcome.error());
  }
  exchange.respond(message(outcome->status, outcome->body));
  return {outcome->status, user, {}};
}

void LfsService::tidy(std::stop_token stop) {
  const auto now = parts_.clock.wall();
  if (auto expired = objects_.expire(now - kKeptForUploads); !expired) {
    base::log::warn("uploads that never came are still expected", {{"error", expired.error().message}});
    return;
  }
  if (!parts_.disk) return;
  const auto swept = parts_.disk->sweep(
      [&](const std::vector<std::string>& oids) -> base::Result<std::set<std::string>> {
        auto needed = objects_.needed(oids);
        if (!needed) return needed.error().to_base();
        return std::move(*needed);
      },
      now, stop);
  if (!swept) {
    base::log::warn("large files were not tidied up", {{"error", swept.error().message}});
  } else if (swept->uploads + swept->trashed + swept->removed > 0) {
    base::log::info("tidied up large files",
                    {{"uploads", swept->uploads}, {"trashed", swept->trashed}, {"removed", swept->removed}});
  }
}

}  // namespace causeway::api::lfs
