#include "apiserver/render/limits.hpp"

#include <algorithm>
#include <ctime>

namespace causeway::api::render {

std::string_view to_string(Note note) {
  switch (note) {
    case Note::kNone:
      return "";
    case Note::kTooLarge:
      return "too-large";
    case Note::kCut:
      return "cut";
    case Note::kTooComplex:
      return "too-complex";
    case Note::kMalformed:
      return "malformed";
  }
  return "";
}

CpuBudget::CpuBudget(std::chrono::milliseconds allowed) : end_(used() + allowed) {}

bool CpuBudget::spent() {
  constexpr unsigned kInterval = 256;  // a look at this clock is a system call, up to a microsecond
  if (!spent_ && asked_++ % kInterval == 0) spent_ = used() >= end_;
  return spent_;
}

std::chrono::milliseconds CpuBudget::left() const {
  return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(end_ - used()));
}

std::chrono::nanoseconds CpuBudget::used() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace causeway::api::render
