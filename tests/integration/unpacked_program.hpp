#pragma once
// Programs of packages that were unpacked and not installed (cli/programs.sh).

#include <filesystem>
#include <string>

namespace causeway::test {

// The LD_LIBRARY_PATH that a program at <somewhere>/usr/{bin,sbin} runs with: what lies beside it; "" where it is
// installed.
inline std::string libraries_of(const std::filesystem::path& program) {
  std::string all;
  const auto beside = program.parent_path().parent_path() / "lib";
  if (beside == "/usr/lib") return all;
  for (const auto& entry : std::filesystem::directory_iterator(beside)) all += entry.path().string() + ':';
  return all;
}

}  // namespace causeway::test
