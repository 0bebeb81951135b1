#include "apiserver/database/migrate.hpp"
#include "base/encoding.hpp"

namespace causeway::api::database {
namespace {

base::Error refused(std::string message) {
  return {base::ErrorCode::kInvalidArgument, "the database's schema: " + std::move(message)};
}

std::string label(int number, std::string_view name) {
  return "migration " + std::to_string(number) + " (" + std::string(name) + ")";
}

}  // namespace

base::Result<std::vector<Migration>> plan_migrations(std::span<const Migration> known,
                                                     const std::vector<AppliedMigration>& applied) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].number != static_cast<int>(i) + 1) {
      return refused(label(known[i].number, known[i].name) + " of this program is not number " + std::to_string(i + 1));
    }
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const auto& was = applied[i];
    if (was.number > static_cast<int>(known.size())) {
      return refused(label(was.number, was.name) + " was applied by a newer program, and this one knows " +
                     std::to_string(known.size()) + ": start a program of that version or a newer one");
    }
    if (was.number != static_cast<int>(i) + 1) {
      return refused("migration " + std::to_string(i + 1) + " is missing, though " + std::to_string(was.number) +
                     " was applied");
    }
    const auto& is = known[i];
    if (was.checksum != base::sha256_hex(is.sql)) {
      return refused(label(was.number, was.name) + " was applied with another text than the one in this program (" +
                     std::string(is.name) + "): an applied migration must not be changed, a new one corrects it");
    }
  }
  return std::vector<Migration>(known.begin() + static_cast<std::ptrdiff_t>(applied.size()), known.end());
}

}  // namespace causeway::api::database
