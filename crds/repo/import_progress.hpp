#pragma once
// How far an import has come, as the condition Imported says it while its reason is Importing. Whoever shows it reads
// it back from there. Pure.

#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::crds {

// Reasons of the condition Imported while it is False.
namespace import_reasons {
inline constexpr std::string_view kQueued = "Queued";        // others come first
inline constexpr std::string_view kImporting = "Importing";  // the message says how far
inline constexpr std::string_view kFailed = "ImportFailed";  // tried again
inline constexpr std::string_view kRefused = "ImportRefused";
}  // namespace import_reasons

struct ImportProgress {
  enum class Phase { kConnecting, kReceiving, kResolving };
  Phase phase = Phase::kConnecting;
  std::uint64_t done = 0, total = 0;  // objects, then deltas; 0 of 0: not known yet
  std::uint64_t bytes = 0;            // on the disk so far
  bool operator==(const ImportProgress&) const = default;
};

// "receiving objects: 430 of 1000, 12582912 bytes".
std::string to_message(const ImportProgress& progress);
// Of something else: a progress that has not begun.
ImportProgress import_progress_of(std::string_view message);

}  // namespace causeway::crds
