#include "apiserver/account/sealed_secret.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <openssl/evp.h>
#include <stdexcept>

#include "base/encoding.hpp"
#include "base/files.hpp"
#include "base/mounted_files.hpp"

namespace causeway::api::account {
namespace {

constexpr std::size_t kLeast = 32;             // bytes of a file
constexpr std::size_t kNonce = 12, kTag = 16;  // SP 800-38D, 8.2.2: random nonces, of which a key sees few
constexpr std::size_t kId = 8;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void must(int done) {
  if (done != 1) throw std::runtime_error("OpenSSL could not seal a secret");
}

}  // namespace

base::Result<SecretKeys> SecretKeys::read(const std::vector<std::filesystem::path>& paths) {
  const auto files = base::mounted_files(paths);
  std::vector<std::string> contents;
  for (const auto& file : files) {
    auto content = base::read_file(file);
    if (!content) return content.error().wrap("the key of second factors");
    contents.push_back(std::move(*content));
  }
  auto made = make(contents);
  if (!made) return made.error().wrap("the keys of second factors");
  return made;
}

base::Result<SecretKeys> SecretKeys::make(const std::vector<std::string>& contents) {
  SecretKeys keys;
  for (auto content : contents) {
    while (content.ends_with('\n')) content.pop_back();
    if (content.size() < kLeast)
      return base::Error{base::ErrorCode::kInvalidArgument, "a key has 32 random bytes or more: openssl rand -hex 32"};
    // Two values of one secret: its name, which everybody may see, tells nothing of the key.
    Key key{base::hmac_sha256(content, "causeway second factor, name").substr(0, kId),
            base::hmac_sha256(content, "causeway second factor, AES-256-GCM")};
    if (std::ranges::any_of(keys.keys_, [&](const Key& other) { return other.id == key.id; }))
      return base::Error{base::ErrorCode::kInvalidArgument, "two files have the same key"};
    keys.keys_.push_back(std::move(key));
  }
  return keys;
}

std::vector<std::string> SecretKeys::earlier() const {
  std::vector<std::string> ids;
  for (std::size_t i = 1; i < keys_.size(); ++i) ids.push_back(keys_[i].id);
  return ids;
}

SealedSecret SecretKeys::seal(std::string_view secret, std::string_view of) const {
  const auto& key = keys_.at(0);
  const auto nonce = base::random_bytes(kNonce);
  std::string sealed(secret.size(), '\0'), tag(kTag, '\0');
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  must(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(std::string_view(key.key)),
                          bytes_of(std::string_view(nonce))));
  must(EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(of), static_cast<int>(of.size())));
  must(EVP_EncryptUpdate(context.get(), bytes_of(sealed), &size, bytes_of(secret), static_cast<int>(secret.size())));
  must(EVP_EncryptFinal_ex(context.get(), bytes_of(tag), &size));
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, bytes_of(tag)));
  return {key.id, nonce + sealed + tag};
}

std::optional<std::string> SecretKeys::open(const SealedSecret& sealed, std::string_view of) const {
  const auto key = std::ranges::find_if(keys_, [&](const Key& k) { return k.id == sealed.key; });
  if (key == keys_.end() || sealed.bytes.size() < kNonce + kTag) return std::nullopt;
  const std::string_view all = sealed.bytes;
  const auto text = all.substr(kNonce, all.size() - kNonce - kTag);
  std::string tag(all.substr(all.size() - kTag)), secret(text.size(), '\0');
  std::array<unsigned char, kTag> rest{};
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  must(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(std::string_view(key->key)),
                          bytes_of(all.substr(0, kNonce))));
  must(EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(of), static_cast<int>(of.size())));
  must(EVP_DecryptUpdate(context.get(), bytes_of(secret), &size, bytes_of(text), static_cast<int>(text.size())));
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, bytes_of(tag)));
  if (EVP_DecryptFinal_ex(context.get(), rest.data(), &size) != 1) return std::nullopt;
  return secret;
}

}  // namespace causeway::api::account
