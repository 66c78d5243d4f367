#include "infra/api/query_parameters.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace contacts::api {
namespace {

http::Request Query(std::vector<std::pair<std::string, std::string>> query) {
  http::Request request;
  request.query = std::move(query);
  return request;
}

std::string PointOf(const std::string& text) {
  const http::Request request = Query({{"asOf", text}});
  const auto point = AsOf(request);
  if (!point) return "400";
  if (const auto* position = std::get_if<Position>(&**point)) return TextOf(*position);
  return FormatTimestamp(std::get<Timestamp>(**point));
}

TEST(AsOf, IsAPositionOrATime) {
  EXPECT_EQ(PointOf("17"), "17");
  EXPECT_EQ(PointOf("2.121"), "2.121");
  EXPECT_EQ(PointOf("2026-05-01T12:00:00Z"), "2026-05-01T12:00:00.000Z");
  EXPECT_EQ(PointOf("2026-05-01t12:00:00.5z"), "2026-05-01T12:00:00.500Z");
  EXPECT_EQ(PointOf("2026-05-01T12:00:00.12399+02:30"), "2026-05-01T09:30:00.123Z");
  EXPECT_EQ(PointOf("2026-12-31T23:30:00-01:00"), "2027-01-01T00:30:00.000Z");
  for (const char* bad :
       {"", "now", "-1", "1.2", "2026-05-01", "2026-05-01T12:00:00", "2026-05-01 12:00:00Z",
        "2026-02-30T12:00:00Z", "2026-05-01T24:00:00Z", "2026-05-01T12:00:00.Z",
        "2026-05-01T12:00:00+2:00", "2026-05-01T12:00:00+24:00", "2026-05-01T12:00:00Zx"}) {
    EXPECT_EQ(PointOf(bad), "400") << bad;
  }
  const http::Request twice = Query({{"asOf", "1"}, {"asOf", "1"}});
  EXPECT_FALSE(AsOf(twice).ok());
}

TEST(NumberParameter, IsBetweenItsBounds) {
  const auto number = [](const char* text) {
    const http::Request request = Query({{"limit", text}});
    const auto found = NumberParameter(request, "limit", 1, 1000);
    return found.ok() ? std::to_string(**found) : found.error().message;
  };
  EXPECT_EQ(number("1"), "1");
  EXPECT_EQ(number("1000"), "1000");
  for (const char* bad : {"0", "1001", "-1", "+1", "", " 1", "1x", "99999999999999999999"}) {
    EXPECT_EQ(
        number(bad).substr(0, 61),
        "The query parameter limit must be a number from 1 to 1000" + number(bad).substr(57, 4))
        << bad;
  }
}

TEST(PositionsWanted, AreThoseOfHeaderAndQuery) {
  http::Request request = Query({{"since", "3"}, {"asOf", "2.9"}, {"wait", "7"}});
  request.headers = {{"Contacts-Min-Position", "5"}};
  const auto wanted = PositionsWanted(request);
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->positions,
            (std::vector<Position>{{Sequence{5}}, {Sequence{3}}, {Sequence{9}, 2}}));
  EXPECT_EQ(wanted->wait.count(), 7);
  request.headers.push_back({"Prefer", "wait=1"});
  EXPECT_EQ(PositionsWanted(request)->wait.count(), 1);
  EXPECT_TRUE(PositionsWanted(Query({{"asOf", "2026-05-01T12:00:00Z"}}))->positions.empty());
  EXPECT_FALSE(PositionsWanted(Query({{"since", "x"}})).ok());
  EXPECT_FALSE(PositionsWanted(Query({{"since", "1"}, {"wait", "31"}})).ok());
}

}  // namespace
}  // namespace contacts::api
