#include "base/relay_route.hpp"

#include <gtest/gtest.h>

namespace causeway::base {
namespace {

std::string head(const std::string& fields) {
  return "GET / HTTP/1.1\r\n" + fields + "\r\n";
}

TEST(FindHost, IsLowerCaseWithoutPort) {
  const std::pair<const char*, const char*> cases[] = {
      {"Host: Demo--Owner.localhost:8080\r\n", "demo--owner.localhost"},
      {"A: b\r\nhOST:\t x \r\n", "x"},
      {"Host: [::1]:80\r\n", "::1"},
      {"Host: x.\r\n", "x"}};
  for (const auto& [fields, host] : cases) {
    const RelayHead found = find_host(head(fields) + "more");
    EXPECT_TRUE(found.complete);
    EXPECT_FALSE(found.refusal) << fields;
    EXPECT_EQ(found.host, host);
  }
}

TEST(FindHost, WaitsForTheWholeHeader) {
  const std::string all = head("Host: x\r\n");
  for (std::size_t size = 0; size < all.size(); ++size) EXPECT_FALSE(find_host(all.substr(0, size)).complete) << size;
}

TEST(FindHost, RefusesWhatHasNoSingleHost) {
  for (const std::string& text : {head(""), head("Host: a\r\nHost: b\r\n"), head("Host:\r\n"), head("Host : a\r\n"),
                                  std::string("\x16\x03\x01"), std::string("GET / HTTP/1.1\nHost: a\n\n")}) {
    const RelayHead found = find_host(text);
    EXPECT_TRUE(found.complete) << text;
    EXPECT_TRUE(found.refusal) << text;
  }
}

}  // namespace
}  // namespace causeway::base
