#pragma once
// What git says on standard error while it copies, for people. Pure.

#include <string>
#include <string_view>

#include "crds/repo/import_progress.hpp"

namespace causeway::op::repo {

// How far it is, by what it said last (`git clone --progress`); the bytes are not in it.
crds::ImportProgress progress_of(std::string_view said);

// Why it gave up: one line, with what would help where that is known. `permanent`: it will not do better the next time.
struct GitFailure {
  std::string reason;
  bool permanent = false;
};
GitFailure failure_of(std::string_view said);

}  // namespace causeway::op::repo
