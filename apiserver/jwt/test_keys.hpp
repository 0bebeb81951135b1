#pragma once
// Keys that are made for a test and thrown away with it.

#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdexcept>
#include <string>

#include "apiserver/jwt/key.hpp"

namespace causeway::api::jwt::test {

inline std::string pem_of(EVP_PKEY* made, bool secret) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  const int written = secret ? PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
                             : PEM_write_bio_PUBKEY(bio.get(), key.get());
  if (!key || written != 1) throw std::runtime_error("no key could be made");
  char* data = nullptr;
  const long size = BIO_ctrl(bio.get(), BIO_CTRL_INFO, 0, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

inline std::string rsa_pem(std::size_t bits = 2048) {
  return pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits), true);
}
inline std::string ec_pem(const char* curve = "P-256") {
  return pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve), true);
}
inline std::string ed25519_pem() {
  return pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), true);
}

inline PrivateKey rsa_key() {
  return PrivateKey::from_pem(rsa_pem()).value();
}
inline PrivateKey ec_key() {
  return PrivateKey::from_pem(ec_pem()).value();
}
inline PrivateKey ed25519_key() {
  return PrivateKey::from_pem(ed25519_pem()).value();
}

}  // namespace causeway::api::jwt::test
