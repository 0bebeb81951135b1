#include "base/public_address.hpp"

#include <gtest/gtest.h>

namespace causeway::base {
namespace {

TEST(PublicAddress, IsNobodysInternalOne) {
  for (const char* good : {"8.8.8.8", "140.82.121.3", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808"}) {
    EXPECT_TRUE(is_public_address(good)) << good;
  }
  for (const char* bad :
       {"127.0.0.1",    "10.1.2.3",    "172.16.0.1", "172.31.255.255",  "192.168.1.1",     "169.254.169.254",
        "100.64.0.1",   "0.0.0.0",     "224.0.0.1",  "255.255.255.255", "192.0.2.1",       "198.18.0.1",
        "::1",          "::",          "fe80::1",    "fd00::1",         "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:a00:1::", "2001:db8::1", "ff02::1",    "fe80::1%eth0",    "nonsense"}) {
    EXPECT_FALSE(is_public_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace causeway::base
