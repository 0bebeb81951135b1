#include "apiserver/lfs/lock_messages.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace causeway::api::lfs {
namespace {

Lock lock(std::int64_t id, std::int64_t owner) {
  return {id, owner, "a/b.bin", owner == 1 ? "ada" : "eve", base::parse_time("2026-01-02T03:04:05Z").value()};
}

TEST(LfsLocks, RequestsAreRead) {
  const auto request = parse_lock(R"({"path":"a/b.bin","ref":{"name":"refs/heads/main"}})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->path, "a/b.bin");
  EXPECT_EQ(request->ref, "refs/heads/main");
  EXPECT_TRUE(parse_unlock(R"({"force":true,"ref":{"name":"refs/heads/main"}})").value());
  EXPECT_FALSE(parse_unlock("{}").value());
  EXPECT_FALSE(parse_unlock("").value());
  const auto verify = parse_verify_locks(R"({"cursor":"7","limit":5,"ref":{"name":"refs/heads/main"}})");
  EXPECT_EQ(verify->after, 7);
  EXPECT_EQ(verify->limit, 5u);
  const auto list = parse_list_locks("path=a%2Fb.bin&id=3&cursor=7&limit=100000&refspec=refs%2Fheads%2Fmain");
  EXPECT_EQ(list->path, "a/b.bin");
  EXPECT_EQ(list->id, 3);
  EXPECT_EQ(list->after, 7);
  EXPECT_EQ(list->limit, kMaxLocks);
}

TEST(LfsLocks, NonsenseIsRefused) {
  for (const std::string body :
       {"", "{}", R"({"path":""})", R"({"path":1})", R"({"path":"a\u0000b"})", R"({"path":"a","path":"b"})"})
    EXPECT_EQ(parse_lock(body).error().status, 422) << body;
  EXPECT_EQ(parse_lock(R"({"path":")" + std::string(2049, 'x') + "\"}").error().status, 422);
  EXPECT_EQ(parse_unlock(R"({"force":1})").error().status, 422);
  for (const char* body : {R"({"cursor":"x"})", R"({"limit":-1})", R"({"limit":"1"})", R"({"limit":1.5})", "[]"})
    EXPECT_EQ(parse_verify_locks(body).error().status, 422) << body;
  for (const char* query : {"id=x", "cursor=-1", "limit=-1", "limit=x"})
    EXPECT_EQ(parse_list_locks(query).error().status, 422) << query;
}

TEST(LfsLocks, APageSaysWhereTheNextBegins) {
  const auto page = boost::json::parse(locks_answer({lock(3, 1), lock(5, 2), lock(9, 1)}, 2));
  EXPECT_EQ(page.at("locks").as_array().size(), 2u);
  EXPECT_EQ(page.at("next_cursor"), "5");
  EXPECT_EQ(page.at("locks").at(0), boost::json::parse(R"({"id":"3","path":"a/b.bin","locked_at":"2026-01-02T03:04:05Z",
    "owner":{"name":"ada"}})"));
  const auto last = boost::json::parse(locks_answer({lock(9, 1)}, 2));
  EXPECT_FALSE(last.as_object().contains("next_cursor"));
}

TEST(LfsLocks, OursAndTheirs) {
  const auto page = boost::json::parse(verified_locks_answer({lock(3, 1), lock(5, 2)}, 100, 1));
  EXPECT_EQ(page.at("ours").at(0).at("id"), "3");
  EXPECT_EQ(page.at("theirs").at(0).at("owner").at("name"), "eve");
}

}  // namespace
}  // namespace causeway::api::lfs
