#include "webhooks/certificates/secret.hpp"

#include "base/encoding.hpp"

namespace causeway::webhooks::certificates {

namespace {

constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

base::Error unusable(std::string why) {
  return {base::ErrorCode::kInvalidArgument, std::move(why)};
}

std::vector<std::string> split_certificates(std::string_view pem) {
  std::vector<std::string> certs;
  for (std::size_t end = pem.find(kEnd); end != pem.npos; end = pem.find(kEnd)) {
    end += kEnd.size();
    if (end < pem.size() && pem[end] == '\n') ++end;
    certs.emplace_back(pem.substr(0, end));
    pem.remove_prefix(end);
  }
  return certs;
}

}  // namespace

base::Result<Authorities> read_secret(const kube::Object& secret) {
  const auto cert = kube::secret_value(secret, "ca.crt"), key = kube::secret_value(secret, "ca.key");
  if ((!cert || cert->empty()) && (!key || key->empty())) return base::Error{base::ErrorCode::kNotFound, "it is empty"};
  if (!cert || !key) return unusable("it has only one of ca.crt and ca.key");
  const auto made_at = base::parse_time(kube::secret_value(secret, "made-at").value_or(""));
  if (!made_at) return unusable("made-at: " + made_at.error().message);
  Authorities authorities{.current = {*cert, *key}, .previous = {}, .made_at = *made_at};
  authorities.previous = split_certificates(kube::secret_value(secret, "previous.crt").value_or(""));
  // Whether the pair signs at all, and has not expired: tried with a leaf that nobody gets.
  if (auto tried = base::issue_certificate(
          authorities.current,
          {.common_name = "check", .organizations = {}, .dns_names = {"check"}, .ip_addresses = {}, .server = true});
      !tried) {
    return unusable(tried.error().message);
  }
  return authorities;
}

kube::Object write_secret(kube::Object secret, const Authorities& authorities) {
  std::string previous;
  for (const std::string& cert : authorities.previous) previous += cert;
  secret["data"] = {{"ca.crt", base::base64_encode(authorities.current.cert_pem)},
                    {"ca.key", base::base64_encode(authorities.current.key_pem)},
                    {"previous.crt", base::base64_encode(previous)},
                    {"made-at", base::base64_encode(base::format_time(authorities.made_at))}};
  return secret;
}

}  // namespace causeway::webhooks::certificates
