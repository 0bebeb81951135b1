// Any bytes as the body of a review: the admission server answers each with a review of its own or an HTTP error that
// says why, and what it answers can be read.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/log.hpp"
#include "kube/runtime/admission_server.hpp"

namespace {

namespace kube = causeway::kube;

void require(bool holds) {
  if (!holds) std::abort();
}

// Says everything it was asked back.
kube::AdmissionResponse judge(const kube::AdmissionRequest& request) {
  require(!request.uid.empty() && !request.kind.name.empty());
  if (request.operation == kube::AdmissionOperation::kUpdate) require(request.object && request.old_object);
  kube::AdmissionResponse response;
  response.warnings = {request.name, request.ns, request.user.username};
  if (request.name == "refused") return kube::AdmissionResponse::deny(422, "Invalid", request.ns);
  if (request.object) response.patch.push_back(kube::Object{{"op", "add"}, {"path", "/a"}, {"value", *request.object}});
  return response;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static causeway::base::MetricsRegistry metrics;
  static kube::AdmissionServer server({}, metrics);
  static const bool ready = [] {
    causeway::base::log::set_level(causeway::base::log::Level::kError);
    server.handle("/validate", judge);
    return true;
  }();
  require(ready);
  const auto response = server.answer({.method = "POST",
                                       .target = "/validate",
                                       .headers = {{"Content-Type", "application/json"}},
                                       .body = std::string(reinterpret_cast<const char*>(data), size)});
  if (response.status != 200) {
    require(response.status == 400 && response.body.size() > 1);
    return 0;
  }
  boost::json::parse_options deep;
  deep.max_depth = 2 * kube::kMaxReviewDepth;
  const auto answer = boost::json::parse(response.body, {}, deep);
  require(!answer.at_pointer("/response/uid").as_string().empty());
  require(answer.at_pointer("/response/allowed").is_bool());
  return 0;
}
