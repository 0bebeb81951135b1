#include "apiserver/account/breached_passwords.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace causeway::api::account {
namespace {

using base::Error, base::ErrorCode;

constexpr std::size_t kHash = 20, kDigits = 2 * kHash;
constexpr std::size_t kLongest = 80;  // bytes of a line, with its end
constexpr int kFirstLines = 100, kPlaces = 256;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// "" where it is none.
std::string hash_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() < kDigits) return {};
  std::string hash;
  for (std::size_t i = 0; i < kDigits; i += 2) {
    const int high = digit_of(line[i]), low = digit_of(line[i + 1]);
    if (high < 0 || low < 0) return {};
    hash += static_cast<char>(high << 4 | low);
  }
  const auto count = line.substr(kDigits);
  if (count.empty()) return hash;
  const bool number = count.size() > 1 && count.front() == ':' &&
                      std::ranges::all_of(count.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  return number ? hash : std::string();
}

std::string sha1(std::string_view text) {
  std::string digest(kHash, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha1(),
                 nullptr) != 1 ||
      size != kHash)
    throw std::runtime_error("OpenSSL could not compute SHA-1");
  return digest;
}

}  // namespace

base::Result<std::unique_ptr<BreachedPasswords>> BreachedPasswords::open(const std::filesystem::path& path) {
  // Not blocking, whatever it is.
  base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return base::errno_error(errno, "the breached passwords in " + path.string());
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return base::errno_error(errno, "the breached passwords in " + path.string());
  if (!S_ISREG(about.st_mode) || about.st_size == 0)
    return Error{ErrorCode::kInvalidArgument,
                 "the breached passwords in " + path.string() +
                     (S_ISREG(about.st_mode) ? ": the file is empty" : ": this is no file")};
  std::unique_ptr<BreachedPasswords> list(
      new BreachedPasswords(path, std::move(file), static_cast<std::uint64_t>(about.st_size)));
  if (auto fine = list->look_around(); !fine) return fine.error();
  return list;
}

// The beginning line for line, then places all over, and the end: whatever was sorted otherwise shows.
base::Result<void> BreachedPasswords::look_around() const {
  std::string before;
  std::uint64_t next = 0;
  const auto look = [&](std::uint64_t at) -> base::Result<void> {
    auto line = line_from(at);
    if (!line) return line.error();
    if (!*line) {
      next = size_;
      return {};
    }
    if ((*line)->hash < before) return wrong((*line)->begin, "is not in ascending order of the hashes");
    before = (*line)->hash;
    next = (*line)->end;
    return {};
  };
  for (int i = 0; i < kFirstLines && next < size_; ++i)
    if (auto fine = look(next); !fine) return fine;
  for (std::uint64_t i = 0; i < kPlaces && next < size_; ++i)
    if (auto fine = look(std::max(next, size_ / kPlaces * i)); !fine) return fine;
  for (next = std::max(next, size_ - std::min<std::uint64_t>(size_, 4 * kLongest)); next < size_;)
    if (auto fine = look(next); !fine) return fine;
  return {};
}

base::Result<bool> BreachedPasswords::contains(std::string_view password) const {
  return contains_hash(sha1(password));
}

base::Result<bool> BreachedPasswords::contains_hash(std::string_view hash) const {
  // Lines that begin before `low` are smaller, those from `high` on are greater; at `low` one begins.
  std::uint64_t low = 0, high = size_;
  std::string least, most(kHash, '\xff');
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    auto line = line_from(middle);
    if (!line) return line.error();
    if (!*line || (*line)->begin >= high) {
      high = middle;
      continue;
    }
    const auto& found = **line;
    if (found.hash == hash) return true;
    if (found.hash < least || found.hash > most) return wrong(found.begin, "is not in ascending order of the hashes");
    if (found.hash < hash) {
      low = found.end;
      least = found.hash;
    } else {
      high = middle;
      most = found.hash;
    }
  }
  return false;
}

base::Result<std::optional<BreachedPasswords::Line>> BreachedPasswords::line_from(std::uint64_t at) const {
  const auto from = at == 0 ? 0 : at - 1;  // whether one begins right there says the byte before
  const auto text = read(from, 2 * kLongest);
  if (!text) return text.error();
  const bool to_the_end = from + text->size() >= size_;
  std::size_t begin = 0;
  if (at > 0) {
    const auto end_before = text->find('\n');
    if (end_before == std::string::npos) {
      if (to_the_end) return std::optional<Line>();
      return wrong(from, "has a line that is too long");
    }
    begin = end_before + 1;
  }
  if (from + begin >= size_) return std::optional<Line>();
  const auto end = text->find('\n', begin);
  if (end == std::string::npos && !to_the_end) return wrong(from + begin, "has a line that is too long");
  auto hash = hash_of(std::string_view(*text).substr(begin, end == std::string::npos ? end : end - begin));
  if (hash.empty())
    return wrong(from + begin, "has a line that is no SHA-1 hash: HASH or HASH:COUNT, with 40 hexadecimal digits");
  return std::optional(Line{from + begin, end == std::string::npos ? size_ : from + end + 1, std::move(hash)});
}

base::Result<std::string> BreachedPasswords::read(std::uint64_t at, std::size_t size) const {
  std::string text(std::min<std::uint64_t>(size, size_ - at), '\0');
  for (std::size_t done = 0; done < text.size();) {
    const auto got = ::pread(file_.get(), text.data() + done, text.size() - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::errno_error(errno, "the breached passwords in " + path_.string());
    if (got == 0) return wrong(at + done, "ends before it did");
    done += static_cast<std::size_t>(got);
  }
  return text;
}

base::Error BreachedPasswords::wrong(std::uint64_t at, std::string_view what) const {
  return {ErrorCode::kInvalidArgument, "the breached passwords in " + path_.string() + ": at byte " +
                                           std::to_string(at) + " the file " + std::string(what)};
}

}  // namespace causeway::api::account
