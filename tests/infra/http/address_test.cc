#include "infra/http/address.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace contacts::http {
namespace {

Request Forwarded(std::vector<Header> headers) {
  Request request;
  request.headers = std::move(headers);
  request.host = "own:8080";
  return request;
}

std::string ClientOf(std::vector<std::string> trusted, std::string_view peer,
                     std::vector<Header> headers) {
  Request request = Forwarded(std::move(headers));
  request.client_address = ReadAddress(peer).value().Text();
  TrustedProxies(trusted).Apply(ReadAddress(peer).value(), &request);
  return request.client_address + (request.secure ? " https " : " http ") + request.host;
}

TEST(Address, ReadsWhatProxiesWrite) {
  EXPECT_EQ(ReadAddress("192.0.2.1")->Text(), "192.0.2.1");
  EXPECT_EQ(ReadAddress("192.0.2.1:4711")->Text(), "192.0.2.1");
  EXPECT_EQ(ReadAddress("2001:DB8::0:1")->Text(), "2001:db8::1");
  EXPECT_EQ(ReadAddress("[2001:db8::1]:4711")->Text(), "2001:db8::1");
  EXPECT_EQ(ReadAddress("::ffff:192.0.2.1")->Text(), "192.0.2.1");
  for (const char* bad :
       {"", "unknown", "_hidden", "1.2.3", "1.2.3.4:x", "[::1", "::g", "1.2.3.4/8"}) {
    EXPECT_FALSE(ReadAddress(bad)) << bad;
  }
}

TEST(Address, ReadsTheListenAddress) {
  EXPECT_EQ(ReadListenAddress("127.0.0.1:80").host, "127.0.0.1");
  EXPECT_EQ(ReadListenAddress("[::1]:0").host, "::1");
  EXPECT_EQ(ReadListenAddress("localhost:65535").port, 65535);
  for (const char* bad : {"", "8080", ":80", "::1:80", "a:", "a:65536", "a:-1", "[a]:80", "a:8x"}) {
    EXPECT_THROW(ReadListenAddress(bad), std::runtime_error) << bad;
  }
}

TEST(TrustedProxies, NoProxyIsBelievedUnlessConfigured) {
  const std::vector<Header> claims = {{"X-Forwarded-For", "203.0.113.9"},
                                      {"X-Forwarded-Proto", "https"},
                                      {"X-Forwarded-Host", "evil"}};
  EXPECT_EQ(ClientOf({}, "192.0.2.1", claims), "192.0.2.1 http own:8080");
  EXPECT_EQ(ClientOf({"10.0.0.0/8"}, "192.0.2.1", claims), "192.0.2.1 http own:8080");
  EXPECT_EQ(ClientOf({"192.0.2.1"}, "192.0.2.1", claims), "203.0.113.9 https evil");
}

TEST(TrustedProxies, TheClientIsTheLastAddressThatIsNotAProxy) {
  const std::vector<std::string> trusted = {"10.0.0.0/8", "fd00::/8"};
  EXPECT_EQ(ClientOf(trusted, "10.1.2.3", {{"X-Forwarded-For", "1.1.1.1, 2.2.2.2, 10.9.9.9"}}),
            "2.2.2.2 http own:8080");
  EXPECT_EQ(ClientOf(trusted, "fd00::1",
                     {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "[2001:db8::5]:99"}}),
            "2001:db8::5 http own:8080");
  EXPECT_EQ(ClientOf(trusted, "10.1.2.3", {{"X-Forwarded-For", "1.1.1.1, unknown"}}),
            "10.1.2.3 http own:8080");
  EXPECT_EQ(ClientOf(trusted, "10.1.2.3", {{"X-Forwarded-For", "10.0.0.1"}}),
            "10.0.0.1 http own:8080");
}

TEST(TrustedProxies, OnlyTheValueOfTheNearestProxyCounts) {
  EXPECT_EQ(ClientOf({"::1"}, "::1", {{"X-Forwarded-Proto", "https, http"}}), "::1 http own:8080");
  EXPECT_EQ(ClientOf({"::1"}, "::1", {{"X-Forwarded-Host", "first, second:81"}}),
            "::1 http second:81");
  EXPECT_EQ(ClientOf({"::1"}, "::1", {{"X-Forwarded-Host", "a b"}}), "::1 http own:8080");
}

TEST(TrustedProxies, BlocksEndWhereTheirBitsSay) {
  const TrustedProxies trusted({"192.0.2.128/25", "2001:db8::/33"});
  EXPECT_TRUE(trusted.Contains(*ReadAddress("192.0.2.128")));
  EXPECT_FALSE(trusted.Contains(*ReadAddress("192.0.2.127")));
  EXPECT_TRUE(trusted.Contains(*ReadAddress("2001:db8:7fff::1")));
  EXPECT_FALSE(trusted.Contains(*ReadAddress("2001:db8:8000::1")));
  EXPECT_TRUE(TrustedProxies({"0.0.0.0/0"}).Contains(*ReadAddress("8.8.8.8")));
  EXPECT_FALSE(TrustedProxies({"0.0.0.0/0"}).Contains(*ReadAddress("::1")));
  for (const char* bad : {"", "a", "1.2.3.4/33", "::1/129", "1.2.3.4/", "1.2.3.4/x"}) {
    EXPECT_THROW(TrustedProxies({bad}), std::runtime_error) << bad;
  }
}

}  // namespace
}  // namespace contacts::http
