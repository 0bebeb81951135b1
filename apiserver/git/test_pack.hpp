#pragma once
// Packs that no git would make (gitformat-pack(5)), for tests.

#include <algorithm>
#include <cstdint>
#include <openssl/evp.h>
#include <stdexcept>
#include <string>
#include <zlib.h>

namespace causeway::api::git {

class TestPack {
 public:
  // Where it is, for deltas. All of its bytes are NUL.
  std::size_t blob_of_nuls(std::uint64_t size) {
    constexpr int kBlob = 3;
    const auto offset = begin(kBlob, size);
    deflate_into(std::string(1u << 20, '\0'), size);
    return offset;
  }

  // A blob that is `times` copies of the first MiB of the one at `base`, and then `text` of at most 127 bytes.
  void delta(std::size_t base, std::uint64_t base_size, std::size_t times, const std::string& text) {
    constexpr int kOffsetDelta = 6;
    constexpr std::uint64_t kMebibyte = 1u << 20;
    std::string instructions = varint(base_size) + varint(times * kMebibyte + text.size());
    for (std::size_t i = 0; i < times; ++i) instructions += {'\xc0', '\x10'};  // from 0 on, 0x100000 bytes
    if (!text.empty()) instructions += static_cast<char>(text.size()) + text;
    const auto offset = begin(kOffsetDelta, instructions.size());
    std::uint64_t distance = offset - base;
    std::string bytes(1, static_cast<char>(distance & 0x7f));
    while ((distance >>= 7) != 0) bytes.insert(bytes.begin(), static_cast<char>(0x80 | (--distance & 0x7f)));
    objects_ += bytes;
    deflate_into(instructions, instructions.size());
  }

  std::string bytes() const {
    std::string pack("PACK\0\0\0\2", 8);
    for (const int shift : {24, 16, 8, 0}) pack += static_cast<char>(count_ >> shift);
    pack += objects_;
    std::string digest(20, '\0');
    if (EVP_Digest(pack.data(), pack.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(),
                   nullptr) != 1)
      throw std::runtime_error("no SHA-1");
    return pack + digest;
  }

 private:
  static constexpr std::size_t kHeader = 12;

  static std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value > 0x7f; value >>= 7) bytes += static_cast<char>(0x80 | (value & 0x7f));
    return bytes + static_cast<char>(value);
  }

  std::size_t begin(int type, std::uint64_t size) {
    const auto offset = kHeader + objects_.size();
    const bool more = size > 0xf;
    objects_ += static_cast<char>((more ? 0x80 : 0) | type << 4 | static_cast<int>(size & 0xf));
    if (more) objects_ += varint(size >> 4);
    ++count_;
    return offset;
  }

  // `piece` again and again, until it was `size` bytes.
  void deflate_into(std::string piece, std::uint64_t size) {
    z_stream stream{};
    if (deflateInit(&stream, 1) != Z_OK) throw std::runtime_error("zlib cannot be initialised");
    std::string room(64u << 10, '\0');
    bool ended = false;
    while (!ended) {
      if (stream.avail_in == 0) {
        stream.next_in = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_in = static_cast<uInt>(std::min<std::uint64_t>(piece.size(), size));
        size -= stream.avail_in;
      }
      stream.next_out = reinterpret_cast<Bytef*>(room.data());
      stream.avail_out = static_cast<uInt>(room.size());
      ended = deflate(&stream, size == 0 ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_END;
      objects_.append(room.data(), room.size() - stream.avail_out);
    }
    deflateEnd(&stream);
  }

  std::uint32_t count_ = 0;
  std::string objects_;
};

}  // namespace causeway::api::git
