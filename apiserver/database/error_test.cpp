#include "apiserver/database/error.hpp"

#include <gtest/gtest.h>

namespace causeway::api::database {
namespace {

TEST(DatabaseError, ReadsWhatTheServerReports) {
  const auto error = parse_report(
      "ERROR:  23505: duplicate key value violates unique constraint \"accounts_name_key\"\n"
      "DETAIL:  Key (lower(name))=(ada) already exists.\n"
      "SCHEMA NAME:  public\n"
      "TABLE NAME:  accounts\n"
      "CONSTRAINT NAME:  accounts_name_key\n"
      "LOCATION:  _bt_check_unique, nbtinsert.c:666\n");
  EXPECT_EQ(error.kind, ErrorKind::kUnique);
  EXPECT_EQ(error.sqlstate, "23505");
  EXPECT_TRUE(error.violates("accounts_name_key"));
  EXPECT_EQ(error.table, "accounts");
  EXPECT_EQ(error.message, "duplicate key value violates unique constraint \"accounts_name_key\"");
  EXPECT_EQ(error.to_base().code, base::ErrorCode::kAlreadyExists);
}

TEST(DatabaseError, DoesNotDependOnTheServersLanguage) {
  const auto error = parse_report(
      "FEHLER:  23502: NULL-Wert in Spalte »name«\n"
      "DETAIL:  Fehlgeschlagene Zeile enthält (1, null).\n"
      "SCHEMA NAME:  public\nTABLE NAME:  accounts\nCOLUMN NAME:  name\nLOCATION:  ExecConstraints, execMain.c:1953\n");
  EXPECT_EQ(error.kind, ErrorKind::kNotNull);
  EXPECT_EQ(error.column, "name");
}

TEST(DatabaseError, AUsersValueCannotPlayAConstraint) {
  const auto error = parse_report(
      "ERROR:  23505: duplicate key\n"
      "DETAIL:  Key (title)=(x\nCONSTRAINT NAME:  forged) already exists.\n"
      "TABLE NAME:  t\nCONSTRAINT NAME:  real\nLOCATION:  f, f.c:1\n");
  EXPECT_EQ(error.constraint, "real");
}

TEST(DatabaseError, ValuesOfRowsAreNotInTheMessage) {
  const auto error =
      parse_report("ERROR:  23505: duplicate key\nDETAIL:  Key (email)=(ada@example.org) already exists.\n");
  EXPECT_EQ(error.message.find("ada@example.org"), std::string::npos);
}

TEST(DatabaseError, WhatLibpqSaysByItselfHasNoState) {
  const auto error = parse_report("server closed the connection unexpectedly\n\tThis probably means …\n");
  EXPECT_EQ(error.sqlstate, "");
  EXPECT_EQ(error.message, "server closed the connection unexpectedly");
  EXPECT_EQ(parse_report("").message, "the server gave no reason");
  EXPECT_EQ(parse_report("a:  b").message, "a:  b");
}

TEST(DatabaseError, KindsOfStates) {
  struct Case {
    std::string_view state;
    ErrorKind kind;
    base::ErrorCode code;
  };
  using base::ErrorCode;
  for (const auto& [state, kind, code] : {
           Case{"23503", ErrorKind::kForeignKey, ErrorCode::kInvalidArgument},
           Case{"23001", ErrorKind::kForeignKey, ErrorCode::kInvalidArgument},
           Case{"23514", ErrorKind::kCheck, ErrorCode::kInvalidArgument},
           Case{"22003", ErrorKind::kInvalid, ErrorCode::kInvalidArgument},
           Case{"40001", ErrorKind::kConflict, ErrorCode::kUnavailable},
           Case{"40P01", ErrorKind::kConflict, ErrorCode::kUnavailable},
           Case{"40003", ErrorKind::kUnknownOutcome, ErrorCode::kInternal},
           Case{"57014", ErrorKind::kTimeout, ErrorCode::kTimeout},
           Case{"55P03", ErrorKind::kTimeout, ErrorCode::kTimeout},
           Case{"57P01", ErrorKind::kUnavailable, ErrorCode::kUnavailable},
           Case{"53100", ErrorKind::kUnavailable, ErrorCode::kUnavailable},
           Case{"53300", ErrorKind::kUnavailable, ErrorCode::kUnavailable},
           Case{"08006", ErrorKind::kUnavailable, ErrorCode::kUnavailable},
           Case{"42P01", ErrorKind::kOther, ErrorCode::kInternal},
           Case{"", ErrorKind::kOther, ErrorCode::kInternal},
       }) {
    Error error;
    error.kind = kind_of(state);
    EXPECT_EQ(error.kind, kind) << state;
    EXPECT_EQ(error.to_base().code, code) << state;
  }
}

}  // namespace
}  // namespace causeway::api::database
