#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "crds/crdgen/kinds.hpp"
#include "crds/crdgen/reference.hpp"
#include "crds/crdgen/schema.hpp"
#include "crds/crdgen/yaml.hpp"

namespace causeway::crds::crdgen {
namespace {

enum class Colour { Red, Green };
BOOST_DESCRIBE_ENUM(Colour, Red, Green)

struct Part {
  std::string name;
  std::int64_t count = 2;
  bool operator==(const Part&) const = default;
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, count))
constexpr auto field_rows(const Part*) {
  return std::array{kube::Row{.member = "name", .doc = "Its name.", .required = true, .max_length = 9},
                    kube::Row{.member = "count", .doc = "How many.", .defaulted = true, .minimum = 1, .maximum = 5}};
}

struct Whole {
  Colour colour = Colour::Green;
  std::string size, namespace_, wait = "5m";
  std::vector<Part> parts;
  std::vector<std::string> tags;
  std::map<std::string, std::string> labels;
  kube::json::value free;
  std::optional<Part> spare;
  Part main;
  bool operator==(const Whole&) const = default;
};
BOOST_DESCRIBE_STRUCT(Whole, (), (colour, size, namespace_, wait, parts, tags, labels, free, spare, main))
constexpr auto field_rows(const Whole*) {
  return std::array{
      kube::Row{.member = "colour", .doc = "d", .defaulted = true, .immutable = true},
      kube::Row{.member = "size", .doc = "d", .format = "quantity"},
      kube::Row{.member = "namespace_", .doc = "d", .immutable = true},
      kube::Row{.member = "wait", .doc = "d", .defaulted = true, .format = "duration"},
      kube::Row{.member = "parts", .doc = "d", .max_items = 3, .list = kube::ListType::Map, .list_key = "name"},
      kube::Row{.member = "tags", .doc = "d", .max_length = 7, .max_items = 4, .list = kube::ListType::Set},
      kube::Row{.member = "labels", .doc = "d", .max_properties = 2, .max_value_length = 6},
      kube::Row{.member = "free", .doc = "d"},
      kube::Row{.member = "spare", .doc = "d", .atomic_map = true},
      kube::Row{.member = "main", .doc = "d", .defaulted = true}};
}
constexpr auto field_rules(const Whole*) {
  return std::array{kube::Rule{.rule = "self.x", .message = "m", .field_path = ".size"}};
}

class Schema : public testing::Test {
 protected:
  json::object schema_ = struct_schema<Whole>();
  const json::object& property(std::string_view name) {
    return schema_.at("properties").as_object().at(name).as_object();
  }
};

TEST_F(Schema, EnumsListTheirEnumerators) {
  EXPECT_EQ(json::value(property("colour")),
            json::parse(R"({"description":"d","type":"string","enum":["Red","Green"],"default":"Green"})"));
}

TEST_F(Schema, QuantitiesMayBeNumbers) {
  EXPECT_TRUE(property("size").at("x-kubernetes-int-or-string").as_bool());
  EXPECT_FALSE(property("size").contains("type"));
}

TEST_F(Schema, KeyedListsAndSets) {
  EXPECT_EQ(property("parts").at("x-kubernetes-list-map-keys"), json::parse(R"(["name"])"));
  EXPECT_EQ(property("parts").at("items").at("required"), json::parse(R"(["name"])"));
  EXPECT_EQ(property("tags").at("x-kubernetes-list-type"), "set");
  EXPECT_EQ(property("tags").at("items").at("maxLength"), 7);
}

TEST_F(Schema, MapsAndFreeForm) {
  EXPECT_EQ(property("labels").at("additionalProperties"), json::parse(R"({"type":"string","maxLength":6})"));
  EXPECT_EQ(property("labels").at("maxProperties"), 2);
  EXPECT_TRUE(property("free").at("x-kubernetes-preserve-unknown-fields").as_bool());
}

TEST_F(Schema, DefaultsCarryTheDefaultsInside) {
  EXPECT_EQ(property("main").at("default"), json::parse(R"({"count":2})"));
  EXPECT_EQ(property("spare").at("x-kubernetes-map-type"), "atomic");
}

TEST_F(Schema, ImmutabilityBecomesRulesBesideTheOwnOnes) {
  const json::array& rules = schema_.at("x-kubernetes-validations").as_array();
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].at("rule"), "self.colour == oldSelf.colour");
  EXPECT_EQ(rules[1].at("rule"),
            "has(self.__namespace__) == has(oldSelf.__namespace__) && "
            "(!has(self.__namespace__) || self.__namespace__ == oldSelf.__namespace__)");
  EXPECT_EQ(rules[1].at("fieldPath"), ".namespace");
  EXPECT_EQ(rules[2].at("fieldPath"), ".size");
}

// Every schema, whole: nothing undocumented, nothing unbounded that a CEL rule could trip over.
void walk(const json::object& schema, const std::string& path) {
  const json::value* properties = schema.if_contains("properties");
  if (!properties) return;
  for (const auto& [key, value] : properties->as_object()) {
    const std::string here = path + "." + std::string(key);
    const json::object& member = value.as_object();
    if (key == "metadata" && path.find('.') == std::string::npos) continue;
    EXPECT_TRUE(member.contains("description") && member.at("description").as_string().ends_with('.')) << here;
    const json::value* type = member.if_contains("type");
    EXPECT_TRUE(!type || *type != "array" || member.contains("maxItems")) << here;
    EXPECT_TRUE(!member.contains("additionalProperties") || member.contains("maxProperties")) << here;
    if (const json::value* items = member.if_contains("items")) walk(items->as_object(), here + "[]");
    walk(member, here);
  }
}

TEST(Kinds, EveryFieldIsDocumentedAndBounded) {
  for (const Kind& kind : all_kinds()) walk(kind.schema, std::string(kind.type.kind));
}

TEST(Kinds, CrdsAreNamedAsTheApiServerWants) {
  for (const Kind& kind : all_kinds()) {
    const json::object crd = crd_of(kind);
    EXPECT_EQ(crd.at("metadata").at("name").as_string(), std::string(kind.type.plural) + ".causeway.dev");
    EXPECT_EQ(crd.at("spec").at("names").at("categories"), json::parse(R"(["causeway"])"));
    const json::value& version = crd.at("spec").at("versions").at(0);
    EXPECT_TRUE(version.at("subresources").as_object().contains("status"));
    EXPECT_EQ(version.at("additionalPrinterColumns").as_array().back().at("name"), "Age");
  }
}

TEST(Yaml, StringsStayStrings) {
  const json::value value = json::parse(
      R"({"plain":"word","a b":"x: y # z","yes":"no","num":"1.5","e":"1e3","empty":"","quote":"say \"hi\"\nthere","list":["a","b c"],
          "none":{},"n":7,"t":true,"nil":null,"umlaut":"µs ü","tilde":"~"})");
  const YAML::Node node = YAML::Load(to_yaml(value));
  for (const char* key : {"a b", "yes", "num", "e", "empty", "quote", "umlaut", "tilde"}) {
    ASSERT_TRUE(node[key].IsScalar()) << key;
    EXPECT_EQ(node[key].Tag(), "!") << key << " is not quoted";
    EXPECT_EQ(node[key].Scalar(), std::string(value.at(key).as_string())) << key;
  }
  EXPECT_EQ(node["plain"].Scalar(), "word");
  for (const char* key : {"plain", "n", "t"}) EXPECT_EQ(node[key].Tag(), "?") << key << " is quoted";
  EXPECT_EQ(node["n"].as<int>(), 7);
  EXPECT_TRUE(node["t"].as<bool>());
  EXPECT_TRUE(node["nil"].IsNull());
  EXPECT_TRUE(node["none"].IsMap());
  EXPECT_EQ(node["list"][1].Scalar(), "b c");
}

TEST(Reference, ShowsWhatPeopleAskFor) {
  for (const Kind& kind : all_kinds()) {
    const std::string page = reference_page(kind, "kind: X\n");
    EXPECT_NE(page.find("## spec"), std::string::npos);
    EXPECT_NE(page.find("```yaml\nkind: X\n```"), std::string::npos);
    EXPECT_EQ(page.find("| field | type | default | meaning |\n|---|---|---|---|\n\n"), std::string::npos);
    if (kind.folder == "cluster") {
      EXPECT_NE(page.find("| `source.terraform.region` | string |  | **Required.** Region"), std::string::npos);
      EXPECT_NE(page.find("*Cannot be changed.*"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace causeway::crds::crdgen
