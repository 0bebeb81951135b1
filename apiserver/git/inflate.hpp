#pragma once
// Incremental gunzip with a cap. git compresses its requests (Content-Encoding: gzip).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace causeway::api::git {

// Not thread-safe.
class Inflater {
 public:
  explicit Inflater(std::uint64_t max_output);  // bytes; beyond it: kInvalidArgument
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Appends what `input` inflates to, at most a few hundred KiB for one piece of 64 KiB at a time: `sink` is called for
  // each block. kProtocol: not gzip.
  template <class Sink>
  base::Result<void> feed(std::string_view input, Sink&& sink) {
    begin(input);
    while (true) {
      auto block = next();
      if (!block) return block.error();
      if (block->empty()) return {};
      if (auto taken = sink(*block); !taken) return taken;
    }
  }
  // kProtocol: the stream was cut short.
  base::Result<void> finish() const;

 private:
  void begin(std::string_view input);
  base::Result<std::string_view> next();  // empty: all input used

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::api::git
