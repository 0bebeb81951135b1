#include "crds/repo/import_progress.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace causeway::crds {
namespace {

using Phase = ImportProgress::Phase;
constexpr std::array kWords{std::pair{Phase::kConnecting, std::string_view("connecting")},
                            std::pair{Phase::kReceiving, std::string_view("receiving objects")},
                            std::pair{Phase::kResolving, std::string_view("resolving deltas")}};

// The number at the beginning, which goes, and what divides it from the next.
bool take(std::string_view& text, std::uint64_t& number, std::string_view divider) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(divider)) return false;
  text.remove_prefix(divider.size());
  return true;
}

}  // namespace

std::string to_message(const ImportProgress& progress) {
  std::string text;
  for (const auto& [phase, word] : kWords) {
    if (phase == progress.phase) text = word;
  }
  if (progress.phase == Phase::kConnecting) return text;
  return text + ": " + std::to_string(progress.done) + " of " + std::to_string(progress.total) + ", " +
         std::to_string(progress.bytes) + " bytes";
}

ImportProgress import_progress_of(std::string_view message) {
  for (const auto& [phase, word] : kWords) {
    if (!message.starts_with(word)) continue;
    ImportProgress progress{.phase = phase};
    auto rest = message.substr(word.size());
    if (rest.starts_with(": ")) rest.remove_prefix(2);
    if (take(rest, progress.done, " of ") && take(rest, progress.total, ", ") && take(rest, progress.bytes, " bytes"))
      return progress;
    return {.phase = phase};
  }
  return {};
}

}  // namespace causeway::crds
