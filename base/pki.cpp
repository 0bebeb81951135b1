#include "base/pki.hpp"

#include <algorithm>
#include <ctime>
#include <string_view>

#include "base/openssl_ptr.hpp"

namespace causeway::base {
namespace {

constexpr std::chrono::hours kClockSkew{1};

Error failure(std::string_view what) {
  return Error{ErrorCode::kInternal, std::string(what) + ": " + openssl_error()};
}

std::string key_pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  return bio_text(bio.get());
}

std::string cert_pem(X509* cert) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(bio.get(), cert) != 1) return {};
  return bio_text(bio.get());
}

Result<CertPtr> parse_cert(std::string_view pem) {
  CertPtr cert(PEM_read_bio_X509(read_bio(pem).get(), nullptr, nullptr, nullptr));
  if (!cert) {
    openssl_error();
    return Error{ErrorCode::kInvalidArgument, "not a certificate in PEM (expected -----BEGIN CERTIFICATE-----)"};
  }
  return cert;
}

// Refuses encrypted keys instead of asking for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<KeyPtr> parse_key(std::string_view pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(read_bio(pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    openssl_error();
    return Error{ErrorCode::kInvalidArgument, "not an unencrypted private key in PEM"};
  }
  return key;
}

// 159 random bits: positive and within the 20 octets of RFC 5280, 4.1.2.2.
bool set_random_serial(X509* cert) {
  const NumberPtr number(BN_new());
  return number && BN_rand(number.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(cert)) != nullptr;
}

bool add_name(X509_NAME* name, const char* field, const std::string& value) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.data()),  // NOLINT
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

bool add_extension(X509* cert, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(cert, extension.get(), -1) == 1;
}

// Built as objects, not as configuration text: a name can hold no separator that adds another.
Result<void> add_alternative_names(X509* cert, const LeafSpec& leaf) {
  if (leaf.dns_names.empty() && leaf.ip_addresses.empty()) return {};
  const GeneralNamesPtr names(sk_GENERAL_NAME_new_null());
  const auto push = [&](int type, ASN1_STRING* value) {
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, type, value);
    sk_GENERAL_NAME_push(names.get(), name);
  };
  for (const std::string& dns : leaf.dns_names) {
    const bool ascii = std::all_of(dns.begin(), dns.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (dns.empty() || !ascii) return Error{ErrorCode::kInvalidArgument, "\"" + dns + "\" is not a DNS name"};
    ASN1_IA5STRING* value = ASN1_IA5STRING_new();
    ASN1_STRING_set(value, dns.data(), static_cast<int>(dns.size()));
    push(GEN_DNS, value);
  }
  for (const std::string& ip : leaf.ip_addresses) {
    ASN1_OCTET_STRING* value = a2i_IPADDRESS(ip.c_str());
    if (value == nullptr) {
      openssl_error();
      return Error{ErrorCode::kInvalidArgument, "\"" + ip + "\" is not an IP address"};
    }
    push(GEN_IPADD, value);
  }
  if (X509_add1_ext_i2d(cert, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) != 1) {
    return failure("cannot add the alternative names");
  }
  return {};
}

std::time_t seconds_of(WallTime t) {
  return std::chrono::system_clock::to_time_t(t);
}

Result<CertPtr> begin_certificate(EVP_PKEY* key, WallTime not_before, WallTime not_after) {
  CertPtr cert(X509_new());
  if (!cert || X509_set_version(cert.get(), X509_VERSION_3) != 1 || !set_random_serial(cert.get()) ||
      ASN1_TIME_set(X509_getm_notBefore(cert.get()), seconds_of(not_before)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(cert.get()), seconds_of(not_after)) == nullptr ||
      X509_set_pubkey(cert.get(), key) != 1) {
    return failure("cannot make a certificate");
  }
  return cert;
}

Result<WallTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    return Error{ErrorCode::kInvalidArgument, "the certificate's beginning or end is not a time"};
  }
  const std::chrono::sys_seconds at{std::chrono::seconds(timegm(&parts))};
  // "No end" is the year 9999 (RFC 5280, 4.1.2.5), past what nanoseconds in 64 bits can say.
  const auto last = std::chrono::floor<std::chrono::seconds>(WallTime::max());
  return WallTime(std::min(at, last));
}

Result<WallTime> expiry_of(X509* cert) {
  return time_of(X509_get0_notAfter(cert));
}

Error bad_name(const std::string& name) {
  openssl_error();
  return Error{ErrorCode::kInvalidArgument,
               "\"" + name + "\" cannot be a name in a certificate (1 to 64 characters of UTF-8)"};
}

}  // namespace

Result<KeyPair> make_authority(const std::string& common_name, Duration validity) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return failure("cannot make a key");
  const WallTime now = system_clock().wall();
  auto begun = begin_certificate(key.get(), now - kClockSkew, now + validity);
  if (!begun) return begun.error();
  X509* cert = begun->get();
  if (!add_name(X509_get_subject_name(cert), "CN", common_name)) return bad_name(common_name);
  if (X509_set_issuer_name(cert, X509_get_subject_name(cert)) != 1 ||
      !add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE") ||
      !add_extension(cert, cert, NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign") ||
      !add_extension(cert, cert, NID_subject_key_identifier, "hash") ||
      !add_extension(cert, cert, NID_authority_key_identifier, "keyid:always") ||
      X509_sign(cert, key.get(), EVP_sha256()) == 0) {
    return failure("cannot make the authority's certificate");
  }
  return KeyPair{cert_pem(cert), key_pem(key.get())};
}

Result<KeyPair> issue_certificate(const KeyPair& authority, const LeafSpec& leaf) {
  auto issuer = parse_cert(authority.cert_pem);
  if (!issuer) return issuer.error().wrap("the authority");
  auto issuer_key = parse_key(authority.key_pem);
  if (!issuer_key) return issuer_key.error().wrap("the authority");
  if (X509_check_private_key(issuer->get(), issuer_key->get()) != 1) {
    openssl_error();
    return Error{ErrorCode::kInvalidArgument, "the authority's key does not belong to its certificate"};
  }
  auto issuer_end = expiry_of(issuer->get());
  if (!issuer_end) return issuer_end.error().wrap("the authority");
  const WallTime now = system_clock().wall();
  if (*issuer_end <= now) {
    return Error{ErrorCode::kInvalidArgument, "the authority expired at " + format_time(*issuer_end)};
  }

  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return failure("cannot make a key");
  // A leaf that outlives its authority would look valid and not be.
  auto begun = begin_certificate(key.get(), now - kClockSkew, std::min(now + leaf.validity, *issuer_end));
  if (!begun) return begun.error();
  X509* cert = begun->get();
  X509_NAME* subject = X509_get_subject_name(cert);
  for (const std::string& organization : leaf.organizations) {
    if (!add_name(subject, "O", organization)) return bad_name(organization);
  }
  if (!add_name(subject, "CN", leaf.common_name)) return bad_name(leaf.common_name);
  if (auto named = add_alternative_names(cert, leaf); !named) return named.error();

  std::string usage;
  if (leaf.server) usage = "serverAuth";
  if (leaf.client) usage += usage.empty() ? "clientAuth" : ",clientAuth";
  if (X509_set_issuer_name(cert, X509_get_subject_name(issuer->get())) != 1 ||
      !add_extension(cert, issuer->get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(cert, issuer->get(), NID_key_usage, "critical,digitalSignature") ||
      (!usage.empty() && !add_extension(cert, issuer->get(), NID_ext_key_usage, usage.c_str())) ||
      !add_extension(cert, issuer->get(), NID_subject_key_identifier, "hash") ||
      !add_extension(cert, issuer->get(), NID_authority_key_identifier, "keyid:always") ||
      X509_sign(cert, issuer_key->get(), EVP_sha256()) == 0) {
    return failure("cannot issue the certificate for " + leaf.common_name);
  }
  return KeyPair{cert_pem(cert), key_pem(key.get())};
}

Result<std::string> make_private_key() {
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return failure("cannot make a key");
  return key_pem(key.get());
}

Result<std::string> public_key_of(const std::string& private_key_pem) {
  auto key = parse_key(private_key_pem);
  if (!key) return key.error();
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PUBKEY(bio.get(), key->get()) != 1) return failure("cannot write the public key");
  return bio_text(bio.get());
}

Result<WallTime> certificate_expiry(const std::string& cert_pem_text) {
  auto cert = parse_cert(cert_pem_text);
  if (!cert) return cert.error();
  return expiry_of(cert->get());
}

Result<CertificateLife> certificate_life(const std::string& cert_pem_text) {
  auto cert = parse_cert(cert_pem_text);
  if (!cert) return cert.error();
  auto begin = time_of(X509_get0_notBefore(cert->get())), end = time_of(X509_get0_notAfter(cert->get()));
  if (!begin) return begin.error();
  if (!end) return end.error();
  return CertificateLife{*begin, *end};
}

}  // namespace causeway::base
