// The corpus: each request gets the answer that is written next to it, however it is split, and the
// next request on the connection is understood.
#include "tests/infra/http/corpus.h"

#include <gtest/gtest.h>

#include "infra/http/server.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"
#include "tests/infra/http/memory_wire.h"

namespace contacts::http {
namespace {

const std::vector<CorpusEntry>& Corpus() {
  static const std::vector<CorpusEntry> entries = ReadCorpus(HTTP_TESTS "/corpus.txt");
  return entries;
}

const std::shared_ptr<ServerShared>& EchoFront() {
  static const auto shared = std::make_shared<ServerShared>(SmallLimits(), EchoRouter());
  return shared;
}

// The answers, in the corpus's notation.
std::string InWords(std::string written, const CorpusEntry& entry, bool closed) {
  std::string words;
  while (auto answer = TakeAnswer(&written, entry.head_only())) {
    if (!words.empty()) words += " ; ";
    words += std::to_string(answer->status);
    if (answer->status == 200) words += " " + answer->body;
  }
  if (!written.empty()) words += " and rubbish: " + written;
  return words + (closed ? " close" : " keep");
}

std::string Expected(const CorpusEntry& entry) {
  std::string words;
  for (const ExpectedAnswer& answer : entry.answers) {
    if (!words.empty()) words += " ; ";
    words += std::to_string(answer.status);
    if (answer.status == 200) words += " " + answer.body;
  }
  return words + (entry.keeps ? " keep" : " close");
}

// Sends the pieces; if the connection is still open, one more request, whose answer shows that the
// entry ended where it should.
std::string InMemory(const CorpusEntry& entry, const std::vector<std::string_view>& pieces) {
  MemoryClient client(EchoFront());
  for (const std::string_view piece : pieces) client.Send(piece);
  const std::string words = InWords(client.written(), entry, client.closing());
  if (!client.closing()) {
    const size_t before = client.written().size();
    client.Send("GET /host HTTP/1.1\r\nHost: probe\r\n\r\n");
    std::string rest = client.written().substr(before);
    const auto answer = TakeAnswer(&rest);
    if (!answer || answer->body != "probe") return words + ", but the next request got: " + rest;
  }
  return words;
}

TEST(Corpus, HasAtLeast200Requests) { EXPECT_GE(Corpus().size(), 200u); }

TEST(Corpus, WholeRequestsGetTheirAnswers) {
  for (const CorpusEntry& entry : Corpus()) {
    EXPECT_EQ(InMemory(entry, {entry.request}), Expected(entry)) << "line " << entry.line;
  }
}

TEST(Corpus, ByteByByteTheAnswersAreTheSame) {
  for (const CorpusEntry& entry : Corpus()) {
    std::vector<std::string_view> bytes;
    for (size_t i = 0; i < entry.request.size(); ++i) {
      bytes.push_back(std::string_view(entry.request).substr(i, 1));
    }
    EXPECT_EQ(InMemory(entry, bytes), Expected(entry)) << "line " << entry.line;
  }
}

TEST(Corpus, EverySplitInTwoGivesTheSameAnswers) {
  for (const CorpusEntry& entry : Corpus()) {
    const std::string_view request = entry.request;
    for (size_t i = 1; i < request.size(); ++i) {
      ASSERT_EQ(InMemory(entry, {request.substr(0, i), request.substr(i)}), Expected(entry))
          << "line " << entry.line << ", split at " << i;
    }
  }
}

// Over a socket: in two packets where Pistache's own parser failed, else whole; each time the next
// client is served immediately.
TEST(Corpus, OverSocketsTheAnswersAreTheSame) {
  Server server(SmallLimits(), EchoRouter());
  for (const CorpusEntry& entry : Corpus()) {
    Client client(server.port());
    const size_t half = entry.request.size() / 2;
    client.Send(entry.request.substr(0, half));
    client.Send(entry.request.substr(half));
    std::string words;
    for (const ExpectedAnswer& expected : entry.answers) {
      const auto answer = client.Answer(entry.head_only());
      ASSERT_TRUE(answer) << "line " << entry.line;
      EXPECT_EQ(answer->status, expected.status) << "line " << entry.line;
      if (answer->status == 200) {
        EXPECT_EQ(answer->body, expected.body) << "line " << entry.line;
      }
    }
    if (!entry.keeps) {
      EXPECT_TRUE(client.WaitForEnd()) << "line " << entry.line;
      EXPECT_EQ(client.received(), "") << "line " << entry.line;
    }
    Client next(server.port());
    next.Send(Get("/echo"));
    ASSERT_TRUE(next.Answer()) << "after line " << entry.line;
  }
}

// Pistache 0.0.5 spins for ever on this packet: the chunk's CR comes without its LF.
TEST(Corpus, TheChunkThatSpinsPistacheIsAnswered) {
  Server server(SmallLimits(), EchoRouter());
  for (int i = 0; i < 8; ++i) {
    Client client(server.port());
    client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r");
    Client other(server.port());
    other.Send(Get("/echo"));
    ASSERT_TRUE(other.Answer());
    client.Send("\n0\r\n\r\n");
    const auto answer = client.Answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "/echo||hello");
  }
}

}  // namespace
}  // namespace contacts::http
