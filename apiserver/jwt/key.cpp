#include "apiserver/jwt/key.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdexcept>

#include "apiserver/jwt/strict_json.hpp"
#include "base/encoding.hpp"
#include "base/openssl_ptr.hpp"

namespace causeway::api::jwt {
namespace {

using Context = std::unique_ptr<EVP_PKEY_CTX, base::OpensslFree<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, base::OpensslFree<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, base::OpensslFree<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, base::OpensslFree<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, base::OpensslFree<ECDSA_SIG_free>>;
using Key = std::shared_ptr<EVP_PKEY>;

constexpr int kLeastRsaBits = 2048, kMostRsaBits = 8192;
constexpr std::size_t kMostRsaExponent = 4;  // bytes: a larger one costs time and gives nothing
constexpr std::size_t kCoordinate = 32;      // bytes of each of P-256, and of Ed25519's key
constexpr const char* kP256 = "prime256v1";

base::Error wrong(std::string message) {
  ERR_clear_error();
  return {base::ErrorCode::kInvalidArgument, std::move(message)};
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());  // NOLINT
}

base::NumberPtr number_of(std::string_view bytes) {
  return base::NumberPtr(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string padded(const BIGNUM* number, std::size_t size) {
  std::string bytes(size, '\0');
  if (BN_bn2binpad(number, bytes_of(bytes), static_cast<int>(size)) < 0)
    throw std::logic_error("a number is too large");
  return bytes;
}

// One of a key's numbers, without zeros before it unless `size` asks for them.
std::string number_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) throw std::logic_error("a key has no " + std::string(name));
  const base::NumberPtr number(raw);
  return padded(number.get(), size ? size : static_cast<std::size_t>(BN_num_bytes(number.get())));
}

Key make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return Key(key, EVP_PKEY_free);
}

Key rsa_key(std::string_view n, std::string_view e) {
  const Builder builder(OSSL_PARAM_BLD_new());
  const auto modulus = number_of(n), exponent = number_of(e);
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return nullptr;
  return make_key("RSA", builder.get());
}

Key p256_key(std::string_view x, std::string_view y) {
  const Builder builder(OSSL_PARAM_BLD_new());
  const std::string point = '\4' + std::string(x) + std::string(y);  // SEC 1, 2.3.3: uncompressed
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kP256, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  auto key = make_key("EC", builder.get());
  if (!key) return nullptr;
  // The point has to be on the curve.
  const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1 ? key : nullptr;
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
         std::string_view(name.data(), size) == kP256;
}

// Why a key is not taken; "" when it is.
std::string objection(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kLeastRsaBits || bits > kMostRsaBits)
      return "an RSA key has 2048 to 8192 bits here, not " + std::to_string(bits);
    if (number_of(key, OSSL_PKEY_PARAM_RSA_E).size() > kMostRsaExponent) return "the RSA exponent is too large";
    return "";
  }
  if (is_p256(key) || EVP_PKEY_is_a(key, "ED25519") == 1) return "";
  return "a key is RSA, P-256 or Ed25519 here";
}

// r and s, each in 32 bytes (RFC 7518, 3.4) ↔ DER, which OpenSSL takes.
std::string to_der(std::string_view raw) {
  const Signature signature(ECDSA_SIG_new());
  auto r = number_of(raw.substr(0, kCoordinate)), s = number_of(raw.substr(kCoordinate));
  if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1)
    throw std::runtime_error("OpenSSL could not hold a signature");
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size < 0) throw std::runtime_error("OpenSSL could not encode a signature");
  const std::unique_ptr<unsigned char, decltype([](unsigned char* p) { OPENSSL_free(p); })> owned(der);
  return std::string(der, der + size);
}

std::string from_der(const std::string& der) {
  const auto* at = bytes_of(der);
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!signature) throw std::runtime_error("OpenSSL made a signature that it cannot read");
  return padded(ECDSA_SIG_get0_r(signature.get()), kCoordinate) +
         padded(ECDSA_SIG_get0_s(signature.get()), kCoordinate);
}

bool use_padding(EVP_PKEY_CTX* context, Algorithm algorithm) {
  if (algorithm == Algorithm::kRs256) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  // RFC 7518, 3.5: the salt is as long as the hash; MGF1 takes the hash of the message by itself.
  if (algorithm == Algorithm::kPs256)
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
  return true;
}

const EVP_MD* hash_of(Algorithm algorithm) {
  return algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
}

int no_passphrase(char*, int, int, void*) {
  return -1;
}

base::Result<std::string> member(const json::object& jwk, std::string_view name) {
  const auto text = text_member(jwk, name);
  auto bytes = base::base64url_decode(text);
  if (!bytes || bytes->empty()) return wrong("\"" + std::string(name) + "\" is not base64url");
  return bytes;
}

}  // namespace

base::Result<PublicKey> PublicKey::from_jwk(const json::object& jwk) {
  const auto type = text_member(jwk, "kty"), curve = text_member(jwk, "crv");
  Key key;
  if (type == "RSA") {
    const auto n = member(jwk, "n"), e = member(jwk, "e");
    if (!n) return n.error();
    if (!e) return e.error();
    if (n->size() > kMostRsaBits / 8 || e->size() > kMostRsaExponent)
      return wrong("an RSA key has 2048 to 8192 bits and an exponent of 32 bits at most");
    key = rsa_key(*n, *e);
  } else if (type == "EC" && curve == "P-256") {
    const auto x = member(jwk, "x"), y = member(jwk, "y");
    if (!x) return x.error();
    if (!y) return y.error();
    if (x->size() != kCoordinate || y->size() != kCoordinate) return wrong("a coordinate of P-256 has 32 bytes");
    key = p256_key(*x, *y);
  } else if (type == "OKP" && curve == "Ed25519") {
    const auto x = member(jwk, "x");
    if (!x) return x.error();
    key = Key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes_of(*x), x->size()), EVP_PKEY_free);
  } else {
    return wrong("a key is RSA, EC with P-256 or OKP with Ed25519 here");
  }
  if (!key) return wrong("its numbers do not make a key");
  if (auto why = objection(key.get()); !why.empty()) return wrong(std::move(why));
  return PublicKey(std::move(key));
}

base::Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  const Key key(PEM_read_bio_PUBKEY(base::read_bio(pem).get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key) return wrong("not a public key in PEM (expected -----BEGIN PUBLIC KEY-----)");
  if (auto why = objection(key.get()); !why.empty()) return wrong(std::move(why));
  return PublicKey(key);
}

bool PublicKey::fits(Algorithm algorithm) const {
  switch (algorithm) {
    case Algorithm::kRs256:
    case Algorithm::kPs256:
      return EVP_PKEY_is_a(key_.get(), "RSA") == 1;
    case Algorithm::kEs256:
      return EVP_PKEY_is_a(key_.get(), "EC") == 1;
    case Algorithm::kEdDsa:
      return EVP_PKEY_is_a(key_.get(), "ED25519") == 1;
  }
  return false;
}

bool PublicKey::verify(Algorithm algorithm, std::string_view message, std::string_view signature) const {
  if (!fits(algorithm)) return false;
  std::string der;
  if (algorithm == Algorithm::kEs256) {
    if (signature.size() != 2 * kCoordinate) return false;
    der = to_der(signature);
    signature = der;
  }
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;  // the digest's
  const bool right =
      digest && EVP_DigestVerifyInit(digest.get(), &context, hash_of(algorithm), nullptr, key_.get()) == 1 &&
      use_padding(context, algorithm) &&
      EVP_DigestVerify(digest.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return right;
}

json::object PublicKey::to_jwk() const {
  const auto encoded = [](const std::string& bytes) { return base::base64url_encode(bytes); };
  // In the order of RFC 7638, 3.
  if (fits(Algorithm::kRs256))
    return {{"e", encoded(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E))},
            {"kty", "RSA"},
            {"n", encoded(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N))}};
  if (fits(Algorithm::kEs256))
    return {{"crv", "P-256"},
            {"kty", "EC"},
            {"x", encoded(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, kCoordinate))},
            {"y", encoded(number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinate))}};
  std::string x(kCoordinate, '\0');
  std::size_t size = x.size();
  if (EVP_PKEY_get_raw_public_key(key_.get(), bytes_of(x), &size) != 1) throw std::logic_error("a key has no bytes");
  return {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", encoded(x)}};
}

std::string PublicKey::thumbprint() const {
  return base::base64url_encode(base::sha256(json::serialize(to_jwk())));
}

base::Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  const Key key(PEM_read_bio_PrivateKey(base::read_bio(pem).get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key) return wrong("not an unencrypted private key in PEM (expected -----BEGIN PRIVATE KEY-----)");
  if (auto why = objection(key.get()); !why.empty()) return wrong(std::move(why));
  return PrivateKey(PublicKey(key));
}

Algorithm PrivateKey::algorithm() const {
  for (const auto algorithm : {Algorithm::kRs256, Algorithm::kEs256})
    if (public_.fits(algorithm)) return algorithm;
  return Algorithm::kEdDsa;
}

std::string PrivateKey::sign(Algorithm algorithm, std::string_view message) const {
  if (!public_.fits(algorithm)) throw std::logic_error("a key cannot sign with " + std::string(to_string(algorithm)));
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;
  std::size_t size = 0;
  std::string signature;
  bool done = digest &&
              EVP_DigestSignInit(digest.get(), &context, hash_of(algorithm), nullptr, public_.key_.get()) == 1 &&
              use_padding(context, algorithm) &&
              EVP_DigestSign(digest.get(), nullptr, &size, bytes_of(message), message.size()) == 1;
  if (done) {
    signature.resize(size);
    done = EVP_DigestSign(digest.get(), bytes_of(signature), &size, bytes_of(message), message.size()) == 1;
    signature.resize(size);
  }
  if (!done) {
    ERR_clear_error();
    throw std::runtime_error("OpenSSL could not sign");
  }
  return algorithm == Algorithm::kEs256 ? from_der(signature) : signature;
}

}  // namespace causeway::api::jwt
