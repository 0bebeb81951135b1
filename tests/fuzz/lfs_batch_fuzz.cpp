#include <boost/json.hpp>
#include <set>

#include "apiserver/lfs/batch.hpp"
#include "apiserver/lfs/byte_range.hpp"
#include "apiserver/lfs/lock_messages.hpp"
#include "apiserver/lfs/route.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace causeway;
namespace lfs = api::lfs;

void refused(const api::git::Refusal& refusal) {
  fuzz::require(refusal.status >= 400 && refusal.status < 500, "what a client sends is no fault of ours");
  fuzz::require(!refusal.message.empty(), "what is refused is explained");
}

void read_batch(std::string_view text) {
  const auto batch = lfs::parse_batch(text);
  if (!batch) return refused(batch.error());
  fuzz::require(!batch->objects.empty() && batch->objects.size() <= lfs::kMaxObjects, "a batch has some objects");
  std::set<std::string> oids;
  std::vector<lfs::AnsweredObject> answered;
  for (const auto& object : batch->objects) {
    fuzz::require(object.error || (lfs::valid_oid(object.oid) && object.size >= 0), "what is taken makes sense");
    fuzz::require(oids.insert(object.oid).second, "each object is there once");
    answered.push_back({.oid = object.oid, .size = object.size, .error = object.error});
  }
  const auto answer = boost::json::parse(lfs::batch_answer(answered));
  fuzz::require(answer.at("objects").as_array().size() == batch->objects.size(), "each object is answered");
}

void read_others(std::string_view text) {
  if (const auto object = lfs::parse_object(text); !object) {
    refused(object.error());
  } else {
    fuzz::require(lfs::valid_oid(object->oid) && object->size >= 0, "an object has an oid and a size");
  }
  if (const auto lock = lfs::parse_lock(text); !lock) {
    refused(lock.error());
  } else {
    fuzz::require(!lock->path.empty() && lock->path.size() <= 2048, "a lock is of a path that the table takes");
  }
  if (const auto unlock = lfs::parse_unlock(text); !unlock) refused(unlock.error());
  for (const auto& filter : {lfs::parse_verify_locks(text), lfs::parse_list_locks(text)}) {
    if (!filter) {
      refused(filter.error());
    } else {
      fuzz::require(filter->limit > 0 && filter->limit <= lfs::kMaxLocks && filter->after >= 0, "a page is bounded");
    }
  }
}

void read_address(std::string_view text) {
  for (const char* method : {"GET", "HEAD", "PUT", "POST"}) {
    const auto route = lfs::parse_route(method, text);
    if (!route) {
      refused(route.error());
      continue;
    }
    fuzz::require(lfs::is_lfs(text), "only what is below info/lfs");
    fuzz::require(route->owner.find('/') == std::string::npos && route->name.find('/') == std::string::npos,
                  "no part leaves its folder");
    fuzz::require(route->oid.empty() || lfs::valid_oid(route->oid), "an oid is one");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (text.starts_with('/')) {
    read_address(text);
  } else if (text.starts_with("bytes")) {
    const auto size_of_file = static_cast<std::int64_t>(text.size() % 7);
    const auto answer = lfs::answer_range(text, size_of_file);
    fuzz::require(
        answer.range.first >= 0 && answer.range.length >= 0 && answer.range.length <= size_of_file - answer.range.first,
        "a range is inside the file");
    fuzz::require(answer.status != 206 || answer.range.length > 0, "a part is some");
  } else {
    read_batch(text);
    read_others(text);
  }
  return 0;
}
