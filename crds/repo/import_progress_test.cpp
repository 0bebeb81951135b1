#include "crds/repo/import_progress.hpp"

#include <gtest/gtest.h>

namespace causeway::crds {
namespace {

using Phase = ImportProgress::Phase;

TEST(ImportProgress, IsReadBackFromWhatPeopleRead) {
  EXPECT_EQ(to_message({.phase = Phase::kReceiving, .done = 430, .total = 1000, .bytes = 12582912}),
            "receiving objects: 430 of 1000, 12582912 bytes");
  for (const auto& progress : {ImportProgress{}, ImportProgress{Phase::kReceiving, 430, 1000, 12582912},
                               ImportProgress{Phase::kResolving, 0, 7, 1}})
    EXPECT_EQ(import_progress_of(to_message(progress)), progress);
}

TEST(ImportProgress, OfAnythingElseNothingIsKnown) {
  for (const char* other : {"", "no such host", "receiving", "resolving the host"})
    EXPECT_EQ(import_progress_of(other), ImportProgress{}) << other;
  for (const char* cut : {"receiving objects", "receiving objects: ", "receiving objects: x of y, z bytes",
                          "receiving objects: 1 of 2", "receiving objects: 99999999999999999999 of 2, 1 bytes"})
    EXPECT_EQ(import_progress_of(cut), ImportProgress{Phase::kReceiving}) << cut;
}

}  // namespace
}  // namespace causeway::crds
