#include <gtest/gtest.h>

#include <iterator>

#include "infra/kafka/settings.h"

namespace contacts::kafka {
namespace {

std::string FaultOf(const std::string& text) {
  const auto settings = ParseSettings("bootstrap.servers=a:9092\n" + text);
  return settings.ok() ? "" : settings.error().message;
}

TEST(KafkaSettings, LinesAreKeysAndValues) {
  const auto settings = ParseSettings(
      "# the brokers\n\n bootstrap.servers = a:9092,b:9092 \r\nsasl.password=p=w#1\n");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(*settings,
            (Settings{{"bootstrap.servers", "a:9092,b:9092"}, {"sasl.password", "p=w#1"}}));
}

TEST(KafkaSettings, KeysThatTheHistoryRestsOnCannotBeChosen) {
  for (const char* key :
       {"acks", "request.required.acks", "enable.idempotence", "isolation.level", "check.crcs",
        "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store", "group.id",
        "transactional.id", "partitioner", "message.timeout.ms", "delivery.timeout.ms"}) {
    const std::string fault = FaultOf(std::string(key) + "=1\n");
    EXPECT_NE(fault.find(std::string("line 2: ") + key + " cannot be chosen"), std::string::npos)
        << key << ": " << fault;
  }
}

TEST(KafkaSettings, AWrongLineIsNamed) {
  EXPECT_NE(FaultOf("no such thing").find("line 2"), std::string::npos);
  EXPECT_NE(FaultOf("no.such.key=1").find("no.such.key"), std::string::npos);
  EXPECT_NE(FaultOf("socket.timeout.ms=soon").find("socket.timeout.ms"), std::string::npos);
}

TEST(KafkaSettings, AByteOrderMarkIsRefused) {
  EXPECT_EQ(ParseSettings("\uFEFFbootstrap.servers=a:9092\n").error().message,
            "it begins with a byte order mark (U+FEFF); save it as UTF-8 without one");
}

// A start named only the first fault; the next start found the next.
TEST(KafkaSettings, AllFaultsAreNamedWithTheirLines) {
  const ParsedSettings parsed =
      ParseAll("no.such.key=1\n\n# a comment\nacks=1\nclient.id=a\nnonsense\nclient.id=b\n");
  const std::pair<int, std::string> expected[] = {{1, "no.such.key"},
                                                  {4, "acks cannot be chosen"},
                                                  {6, "not of the form key=value"},
                                                  {0, "bootstrap.servers is missing"}};
  ASSERT_EQ(parsed.faults.size(), std::size(expected));
  for (size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(parsed.faults[i].line, expected[i].first);
    EXPECT_NE(parsed.faults[i].what.find(expected[i].second), std::string::npos)
        << parsed.faults[i].what;
  }
  ASSERT_EQ(parsed.doubles.size(), 1u);
  EXPECT_EQ(parsed.doubles[0].line, 7);
  EXPECT_EQ(parsed.doubles[0].what, "client.id is given again, after line 5");
  EXPECT_EQ(parsed.settings.at("client.id"), "b");
}

TEST(KafkaSettings, WithoutBrokersNothingCanBeReached) {
  const auto settings = ParseSettings("client.id=me\n");
  ASSERT_FALSE(settings.ok());
  EXPECT_NE(settings.error().message.find("bootstrap.servers"), std::string::npos);
}

TEST(KafkaSettings, AFileThatIsNotThereIsNamed) {
  const auto settings = ReadSettings("/no/such/file");
  ASSERT_FALSE(settings.ok());
  EXPECT_NE(settings.error().message.find("/no/such/file"), std::string::npos);
}

}  // namespace
}  // namespace contacts::kafka
