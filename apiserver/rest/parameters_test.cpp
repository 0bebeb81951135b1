#include "apiserver/rest/parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

#include "apiserver/rest/test_notes.hpp"

namespace causeway::api::rest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ParametersTest : public testing::Test {
 protected:
  json::value read(QueryParameters parameters) {
    errors_.clear();
    return reader_.read(parameters, errors_);
  }
  SchemaCheck check_{{}};
  ParameterReader reader_{type_ref<test::ListQuery>(), check_};
  std::vector<ProblemField> errors_;
};

TEST_F(ParametersTest, AreReadByTheirTypes) {
  const auto value = read({{"limit", "10"}, {"archived", "true"}, {"tag", "a"}, {"tag", "b"}, {"colour", "red"}});
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_EQ(value, json::parse(R"({"limit": 10, "archived": true, "tag": ["a", "b"], "colour": "red"})"));
  const auto query = kube::from_json<test::ListQuery>(value);
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->limit, 10);
  EXPECT_EQ(query->tag.size(), 2u);
  EXPECT_EQ(kube::from_json<test::ListQuery>(read({}))->limit, 50) << "the default";
}

TEST_F(ParametersTest, AllThatIsWrongIsTold) {
  static_cast<void>(read({{"limit", "101"},
                          {"archived", "yes"},
                          {"tag", "toolongatag"},
                          {"colour", "blue"},
                          {"colour", "red"},
                          {"limt", "1"}}));
  std::vector<std::string> names;
  for (const auto& error : errors_) names.push_back(error.parameter);
  EXPECT_THAT(names, ElementsAre("colour", "limt", "limit", "colour", "tag", "archived"));
}

TEST_F(ParametersTest, NumbersAreWholeAndPlain) {
  for (const char* bad : {"", "0", "1.5", "+5", " 5", "5 ", "0x10", "ten", "99999999999999999999", "1e1"}) {
    static_cast<void>(read({{"limit", bad}}));
    EXPECT_EQ(errors_.size(), 1u) << bad;
  }
}

struct Near {
  double degrees = 0;
};
BOOST_DESCRIBE_STRUCT(Near, (), (degrees))
constexpr auto field_rows(const Near*) {
  return std::array{kube::Row{.member = "degrees", .doc = "Where.", .minimum = -90, .maximum = 90}};
}

TEST(Parameters, RealNumbersAreFinite) {
  SchemaCheck check({});
  const ParameterReader reader(type_ref<Near>(), check);
  const auto valid = [&](const char* text) {
    std::vector<ProblemField> errors;
    static_cast<void>(reader.read({{"degrees", text}}, errors));
    return errors.empty();
  };
  for (const char* good : {"1.5", "-90", "1e1"}) EXPECT_TRUE(valid(good)) << good;
  for (const char* bad : {"nan", "inf", "-inf", "90.5", "1.5x", ""}) EXPECT_FALSE(valid(bad)) << bad;
}

TEST(Parameters, AreNoStructsOfStructs) {
  SchemaCheck check({});
  EXPECT_THROW(ParameterReader(type_ref<Page<test::Note>>(), check), std::logic_error);
}

TEST(Parameters, WithoutATypeNoneIsKnown) {
  SchemaCheck check({});
  std::vector<ProblemField> errors;
  static_cast<void>(ParameterReader({}, check).read({{"a", "1"}}, errors));
  EXPECT_THAT(errors, ElementsAre(ProblemField{"", "a", "is not known here"}));
}

}  // namespace
}  // namespace causeway::api::rest
