#include "apiserver/git/inflate.hpp"

#include <array>
#include <stdexcept>
#include <zlib.h>

namespace causeway::api::git {

struct Inflater::Impl {
  z_stream stream{};
  std::string input;
  std::array<char, 64 * 1024> block{};
  std::uint64_t produced = 0, max_output = 0;
  bool ended = false;
};

Inflater::Inflater(std::uint64_t max_output) : impl_(std::make_unique<Impl>()) {
  impl_->max_output = max_output;
  if (inflateInit2(&impl_->stream, 15 + 16) != Z_OK) throw std::runtime_error("zlib cannot be initialised");
}

Inflater::~Inflater() {
  inflateEnd(&impl_->stream);
}

void Inflater::begin(std::string_view input) {
  impl_->input.assign(input);
  impl_->stream.next_in = reinterpret_cast<Bytef*>(impl_->input.data());
  impl_->stream.avail_in = static_cast<uInt>(impl_->input.size());
}

base::Result<std::string_view> Inflater::next() {
  auto& s = impl_->stream;
  if (impl_->ended) {
    if (s.avail_in > 0) return base::Error{base::ErrorCode::kProtocol, "bytes after the end of the gzip body"};
    return std::string_view{};
  }
  s.next_out = reinterpret_cast<Bytef*>(impl_->block.data());
  s.avail_out = static_cast<uInt>(impl_->block.size());
  const int code = inflate(&s, Z_NO_FLUSH);
  if (code == Z_STREAM_END) {
    impl_->ended = true;
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return base::Error{base::ErrorCode::kProtocol, "the request body is not valid gzip"};
  }
  const std::size_t size = impl_->block.size() - s.avail_out;
  impl_->produced += size;
  if (impl_->produced > impl_->max_output)
    return base::Error{base::ErrorCode::kInvalidArgument,
                       "the request body inflates to more than " + std::to_string(impl_->max_output) + " bytes"};
  if (size == 0 && impl_->ended && s.avail_in > 0) return next();
  return std::string_view(impl_->block.data(), size);
}

base::Result<void> Inflater::finish() const {
  if (!impl_->ended) return base::Error{base::ErrorCode::kProtocol, "the gzip body was cut short"};
  return {};
}

}  // namespace causeway::api::git
