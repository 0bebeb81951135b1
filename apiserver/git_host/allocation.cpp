#include "apiserver/git_host/allocation.hpp"

#include <cstdlib>
#include <cstring>
#include <git2.h>
#include <git2/sys/alloc.h>

namespace causeway::api::git_host {
namespace {

// libgit2 has functions of its own that do the same, and does not export them.
void* or_error(void* memory) {
  if (memory == nullptr) git_error_set_oom();
  return memory;
}

bool fits(std::size_t count, std::size_t size) {
  return size == 0 || count <= kMaxAllocation / size;
}

void* allocate_array(std::size_t count, std::size_t size, const char* /*file*/, int /*line*/) {
  return or_error(fits(count, size) ? std::malloc(count * size) : nullptr);
}
void* allocate(std::size_t size, const char* file, int line) {
  return allocate_array(1, size, file, line);
}
void* allocate_zeroed(std::size_t count, std::size_t size, const char* /*file*/, int /*line*/) {
  return or_error(fits(count, size) ? std::calloc(count, size) : nullptr);
}
void* reallocate_array(void* old, std::size_t count, std::size_t size, const char* /*file*/, int /*line*/) {
  return or_error(fits(count, size) ? std::realloc(old, count * size) : nullptr);
}
void* reallocate(void* old, std::size_t size, const char* file, int line) {
  return reallocate_array(old, 1, size, file, line);
}

char* copy_exactly(const char* text, std::size_t size, const char* file, int line) {
  auto* copy = size < kMaxAllocation ? static_cast<char*>(allocate(size + 1, file, line)) : nullptr;
  if (copy == nullptr) return static_cast<char*>(or_error(nullptr));
  std::memcpy(copy, text, size);
  copy[size] = '\0';
  return copy;
}
char* copy_at_most(const char* text, std::size_t size, const char* file, int line) {
  return copy_exactly(text, ::strnlen(text, size), file, line);
}
char* copy(const char* text, const char* file, int line) {
  return copy_exactly(text, std::strlen(text), file, line);
}

}  // namespace

int limit_allocations() {
  git_allocator limited{};
  limited.gmalloc = allocate;
  limited.gcalloc = allocate_zeroed;
  limited.gstrdup = copy;
  limited.gstrndup = copy_at_most;
  limited.gsubstrdup = copy_exactly;
  limited.grealloc = reallocate;
  limited.greallocarray = reallocate_array;
  limited.gmallocarray = allocate_array;
  limited.gfree = std::free;
  return git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &limited);
}

}  // namespace causeway::api::git_host
