#include "apiserver/account/password.hpp"

#include <algorithm>
#include <argon2.h>
#include <array>
#include <cctype>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <zxcvbn.h>

#include "base/encoding.hpp"
#include "base/worker_pool.hpp"
#include "kube/core/text_cursor.hpp"

namespace causeway::api::account {
namespace {

constexpr std::size_t kLeast = 8, kMost = 128;  // characters
constexpr double kLeastEntropy = 20;            // bits: a million guesses, what a patient attacker has online
constexpr std::size_t kSalt = 16, kHash = 32;   // bytes
constexpr std::size_t kLanes = 1;

// Of the platform, besides those of the account: what is tried first where it is known what is broken into. In lower
// case, as zxcvbn compares.
constexpr std::array kOurWords{"causeway",   "repository", "gradio",  "streamlit",
                               "kubernetes", "notebook",   "dataset", "workshop"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Characters of valid UTF-8; nullopt otherwise.
std::optional<std::size_t> characters(std::string_view text) {
  if (!kube::codec::valid_utf8(text)) return std::nullopt;
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace

std::string password_objection(std::string_view password, const std::vector<std::string>& words) {
  const auto length = characters(password);
  if (!length) return "a password has to be UTF-8";
  if (*length < kLeast) return "a password has at least 8 characters";
  if (*length > kMost) return "a password has at most 128 characters";
  if (password.find('\0') != std::string_view::npos) return "a password has no NUL character";
  // An address is known by its parts as well.
  std::vector<std::string> known;
  for (const auto& word : words) {
    known.push_back(lower(word));
    for (std::size_t begin = 0, end = 0; begin < word.size(); begin = end + 1) {
      end = std::min(word.find_first_of("@.-_+", begin), word.size());
      if (end > begin) known.push_back(lower(word.substr(begin, end - begin)));
    }
  }
  std::vector<const char*> dictionary(kOurWords.begin(), kOurWords.end());
  for (const auto& word : known) dictionary.push_back(word.c_str());
  dictionary.push_back(nullptr);
  // zxcvbn knows the common passwords and words of several languages, dates, keyboard walks and repetitions.
  if (ZxcvbnMatch(std::string(password).c_str(), dictionary.data(), nullptr) < kLeastEntropy)
    return "this password is among the first that are tried; a few words that do not belong together are better";
  return "";
}

struct PasswordHasher::Impl {
  Impl(Options o, base::MetricsRegistry& metrics)
      : options(o),
        parameters("$argon2id$v=19$m=" + std::to_string(o.memory_kib) + ",t=" + std::to_string(o.passes) + ",p=1$"),
        refused(
            metrics.counter("causeway_password_refused_total", "Passwords not looked at: too many were waiting", {})),
        pool("password", o.threads, o.queue) {}

  // On the pool's threads. kUnavailable: it is full.
  template <class T>
  base::Result<T> run(std::function<T()> work) {
    auto task = std::make_shared<std::packaged_task<T()>>(std::move(work));
    auto result = task->get_future();
    if (!pool.submit([task] { (*task)(); })) {
      refused.add();
      return base::Error{base::ErrorCode::kUnavailable, "too many passwords are being looked at"};
    }
    return result.get();
  }

  std::string encode(std::string_view password) const {
    const auto salt = base::random_bytes(kSalt);
    std::string encoded(argon2_encodedlen(options.passes, options.memory_kib, kLanes, kSalt, kHash, Argon2_id), '\0');
    const int code = argon2id_hash_encoded(options.passes, options.memory_kib, kLanes, password.data(), password.size(),
                                           salt.data(), salt.size(), kHash, encoded.data(), encoded.size());
    if (code != ARGON2_OK) throw std::runtime_error(std::string("argon2: ") + argon2_error_message(code));
    encoded.resize(encoded.find('\0'));
    return encoded;
  }

  const Options options;
  const std::string parameters;
  base::Counter& refused;
  base::WorkerPool pool;
};

PasswordHasher::PasswordHasher(Options options, base::MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(options, metrics)) {}
PasswordHasher::~PasswordHasher() = default;

base::Result<std::string> PasswordHasher::hash(std::string_view password) {
  return impl_->run<std::string>([&] { return impl_->encode(password); });
}

base::Result<bool> PasswordHasher::verify(std::string_view password, std::string_view kept) {
  return impl_->run<bool>([&] {
    // Nobody may learn from the time it takes that there is no such user.
    if (kept.empty()) return impl_->encode(password).empty();
    return argon2id_verify(std::string(kept).c_str(), password.data(), password.size()) == ARGON2_OK;
  });
}

bool PasswordHasher::outdated(std::string_view kept) const {
  return !kept.starts_with(impl_->parameters);
}

}  // namespace causeway::api::account
