// status, logs, tokens.

#include "kube/client/client_impl.hpp"
#include "kube/core/patch.hpp"

namespace causeway::kube {

Result<void> Client::patch_status_json(const ResourceType& type, const Object& before, const Object& after,
                                       bool guarded) {
  const auto status_of = [](const Object& object) {
    const auto* status = object_at(object, "status");
    return status ? *status : Object{};
  };
  Object diff = merge_patch(status_of(before), status_of(after));
  if (diff.empty()) return {};
  Object body{{"status", std::move(diff)}};
  if (guarded) body["metadata"] = {{"resourceVersion", resource_version_of(before)}};
  auto written = patch(type, namespace_of(before), name_of(before), PatchType::kMerge, body, {.subresource = "status"});
  if (!written) return written.error();
  return {};
}

Result<std::string> Client::logs(std::string_view ns, std::string_view pod, const LogOptions& options) {
  Query query;
  query.add("container", options.container);
  if (options.tail_lines) query.add("tailLines", std::to_string(*options.tail_lines));
  if (options.previous) query.add("previous", "true");
  if (options.timestamps) query.add("timestamps", "true");
  base::HttpRequest request;
  request.target = query.apply_to(resources::kPod.path(ns, pod, "log"));
  request.headers.set("Accept", "*/*");
  // The server's limitBytes keeps the beginning; of a log the end is what matters. Twice the limit is held at most.
  std::string tail;
  auto done = impl_->transport.stream(
      std::move(request), {.head_timeout = impl_->config.timeout, .idle_timeout = impl_->config.timeout, .stop = {}},
      [&](std::string_view piece) {
        tail.append(piece);
        if (tail.size() > 2 * options.limit_bytes) tail.erase(0, tail.size() - options.limit_bytes);
        return true;
      });
  if (!done) return done.error();
  if (tail.size() > options.limit_bytes) tail.erase(0, tail.size() - options.limit_bytes);
  return tail;
}

Result<Client::Token> Client::create_token(std::string_view ns, std::string_view service_account, base::Duration life,
                                           std::optional<BoundSecret> bound) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(life).count();
  Object spec{{"expirationSeconds", seconds}};
  if (bound)
    spec["boundObjectRef"] = {{"kind", "Secret"}, {"apiVersion", "v1"}, {"name", bound->name}, {"uid", bound->uid}};
  const Object body{{"kind", "TokenRequest"}, {"apiVersion", "authentication.k8s.io/v1"}, {"spec", std::move(spec)}};
  auto target = resources::kServiceAccount.path(ns, service_account, "token");
  auto value = impl_->json(json_request("POST", std::move(target), body));
  if (!value) return value.error();
  if (!value->is_object()) return Error::local("the server's answer to a TokenRequest is not an object");
  const auto& answer = value->get_object();
  Token token{.token = std::string(string_at(answer, "status.token")),
              .expires_at = std::string(string_at(answer, "status.expirationTimestamp"))};
  if (token.token.empty()) return Error::local("the server answered a TokenRequest without a token");
  return token;
}

}  // namespace causeway::kube
