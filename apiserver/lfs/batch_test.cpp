#include "apiserver/lfs/batch.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace causeway::api::lfs {
namespace {

using testing::HasSubstr;
const std::string kOid(64, 'a'), kOther(64, 'b');

std::string upload(const std::string& objects) {
  return R"({"operation":"upload","transfers":["basic"],"objects":[)" + objects + "]}";
}
std::string object(const std::string& oid, const std::string& size) {
  return R"({"oid":")" + oid + R"(","size":)" + size + "}";
}

TEST(LfsBatch, ReadsWhatGitLfsSends) {
  const auto batch = parse_batch(
      R"({"operation":"download","transfers":["lfs-standalone-file","basic","ssh"],"ref":{"name":"refs/heads/main"},)"
      R"("hash_algo":"sha256","objects":[)" +
      object(kOid, "0") + "," + object(kOther, "9223372036854775807") + "]}");
  ASSERT_TRUE(batch.ok()) << batch.error().message;
  EXPECT_EQ(batch->operation, Operation::kDownload);
  ASSERT_EQ(batch->objects.size(), 2u);
  EXPECT_EQ(batch->objects[0].size, 0);
  EXPECT_EQ(batch->objects[1].oid, kOther);
  EXPECT_FALSE(batch->objects[0].error || batch->objects[1].error);
}

TEST(LfsBatch, OneWrongObjectIsNotAll) {
  const auto batch = parse_batch(upload(object(kOid, "1") + "," + object("XYZ", "1") + "," + object(kOther, "-1") +
                                        "," + object(std::string(64, 'c'), "1.5") + "," +
                                        object(std::string(64, 'd'), "9223372036854775808")));
  ASSERT_TRUE(batch.ok());
  ASSERT_EQ(batch->objects.size(), 5u);
  EXPECT_FALSE(batch->objects[0].error);
  for (std::size_t i = 1; i < 5; ++i) {
    ASSERT_TRUE(batch->objects[i].error) << i;
    EXPECT_EQ(batch->objects[i].error->code, 422) << i;
  }
}

TEST(LfsBatch, AnOidThatIsThereTwiceIsOneObject) {
  const auto same = parse_batch(upload(object(kOid, "1") + "," + object(kOid, "1")));
  ASSERT_EQ(same->objects.size(), 1u);
  EXPECT_FALSE(same->objects[0].error);
  const auto other = parse_batch(upload(object(kOid, "1") + "," + object(kOid, "2")));
  ASSERT_EQ(other->objects.size(), 1u);
  EXPECT_THAT(other->objects[0].error->message, HasSubstr("twice"));
}

TEST(LfsBatch, NonsenseIsRefusedAndSaidWhere) {
  const std::pair<std::string, const char*> wrong[] = {
      {"", "not JSON"},
      {"[]", "not a JSON object"},
      {"{}", "operation"},
      {R"({"operation":"delete","objects":[]})", "operation"},
      {R"({"operation":"upload"})", "objects"},
      {upload(""), "objects"},
      {upload("1"), "objects[0]"},
      {upload(object(kOid, "1") + ",{}"), "objects[1].oid"},
      {upload(object(kOid, "\"1\"")), "objects[0].size"},
      {R"({"operation":"upload","transfers":"basic","objects":[]})", "transfers"},
      {R"({"operation":"upload","transfers":["tus"],"objects":[)" + object(kOid, "1") + "]}", "basic"},
      {R"({"operation":"upload","operation":"download","objects":[]})", "twice"},
      {upload(R"({"oid":")" + kOid + R"(","size":1,"size":2})"), "twice"},
  };
  for (const auto& [body, why] : wrong) {
    const auto batch = parse_batch(body);
    ASSERT_FALSE(batch.ok()) << body;
    EXPECT_EQ(batch.error().status, 422) << body;
    EXPECT_THAT(batch.error().message, HasSubstr(why)) << body;
  }
  const auto hash = parse_batch(R"({"operation":"upload","hash_algo":"sha512","objects":[)" + object(kOid, "1") + "]}");
  EXPECT_EQ(hash.error().status, 409);
}

TEST(LfsBatch, ManyObjectsAreTooMany) {
  std::string objects;
  for (int i = 0; i < 1000; ++i) objects += (i ? "," : "") + object(kOid, "1");
  EXPECT_TRUE(parse_batch(upload(objects)).ok());
  const auto over = parse_batch(upload(objects + "," + object(kOid, "1")));
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().status, 413);
  EXPECT_THAT(over.error().message, HasSubstr("1000"));
}

TEST(LfsBatch, TheAnswerIsWhatTheSpecificationSays) {
  const std::vector<AnsweredObject> objects{
      {.oid = kOid, .size = 1, .authenticated = true, .actions = {{"download", {"https://x/y", {{"a", "b"}}, 3600}}}},
      {.oid = kOther, .size = 2, .error = ObjectError{404, "no"}},
      {.oid = kOther, .size = 3}};
  EXPECT_EQ(boost::json::parse(batch_answer(objects)), boost::json::parse(R"({"transfer":"basic","hash_algo":"sha256",
    "objects":[{"oid":")" + kOid + R"(","size":1,"authenticated":true,
                "actions":{"download":{"href":"https://x/y","header":{"a":"b"},"expires_in":3600}}},
               {"oid":")" + kOther + R"(","size":2,"error":{"code":404,"message":"no"}},
               {"oid":")" + kOther + R"(","size":3}]})"));
}

TEST(LfsBatch, AVerificationIsOfOneObject) {
  EXPECT_EQ(parse_object(object(kOid, "5"))->size, 5);
  EXPECT_EQ(parse_object(object(kOid, "-5")).error().status, 422);
  EXPECT_EQ(parse_object(object("x", "5")).error().status, 422);
  EXPECT_EQ(parse_object("[]").error().status, 422);
}

}  // namespace
}  // namespace causeway::api::lfs
