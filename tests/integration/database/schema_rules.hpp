#pragma once
// What the schema refuses, as a table: one valid row of each kind, and for each rule a statement that breaks it alone.

#include <string>
#include <vector>

namespace causeway::api::database {

// Statements that fill an empty schema: at least one row in each table. Ada is user 1, bob user 2, Acme organisation 3.
extern const char* const kSeed;

struct Rule {
  std::string constraint;
  std::string statement;  // breaks it, on top of kSeed
};
extern const std::vector<Rule> kRules;

}  // namespace causeway::api::database
