#pragma once
// How much one document may cost. What goes beyond is shown as plain text, and the answer says so: nobody's README is
// an error, and nobody's README stops the server.

#include <chrono>
#include <cstddef>
#include <string_view>

namespace causeway::api::render {

struct Limits {
  std::size_t input = 512u << 10;             // bytes that are rendered; more is shown as plain text
  std::size_t plain = 2u << 20;               // bytes that are shown as plain text; more is cut
  std::size_t output = 8u << 20;              // bytes of HTML
  std::size_t memory = 96u << 20;             // bytes of one parsed tree
  std::size_t depth = 100;                    // elements inside each other; what is deeper loses its tags
  std::chrono::milliseconds cpu_time{2'000};  // of the calling thread; a machine under load does not shorten it
};

// Why a document is not shown as its author meant it.
enum class Note {
  kNone,
  kTooLarge,    // more bytes than are rendered: plain text
  kCut,         // more bytes than are shown: plain text, its beginning
  kTooComplex,  // took too much time or memory: plain text
  kMalformed,   // is not what its name says (a notebook that is no JSON): plain text
};

// "too-large", …: what an API calls it; empty for kNone.
std::string_view to_string(Note note);

// The processor time that a document may still take. For one thread.
class CpuBudget {
 public:
  explicit CpuBudget(std::chrono::milliseconds allowed);
  // Cheap enough to be asked for every token: it looks at the clock now and then.
  bool spent();
  std::chrono::milliseconds left() const;  // 0 at least

 private:
  static std::chrono::nanoseconds used();
  std::chrono::nanoseconds end_;
  unsigned asked_ = 0;
  bool spent_ = false;
};

}  // namespace causeway::api::render
