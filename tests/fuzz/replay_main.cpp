// Feeds every file of the folders named to a fuzz target, as libFuzzer does with `-runs=0`.

#include <cstdint>
#include <cstdio>
#include <filesystem>

#include "base/files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  int inputs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      const auto text = causeway::base::read_file(entry.path());
      if (!text) {
        std::fprintf(stderr, "%s\n", text.error().message.c_str());
        return 1;
      }
      // Whatever breaks is the file named last.
      std::fprintf(stderr, "%s\n", entry.path().c_str());
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text->data()), text->size());
      ++inputs;
    }
  }
  if (inputs == 0) std::fprintf(stderr, "there is nothing to replay\n");
  return inputs == 0 ? 1 : 0;
}
