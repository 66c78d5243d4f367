// Streamed answers over real sockets: what goes onto the wire, and when.
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "tests/infra/http/streams.h"

namespace contacts::http {
namespace {

TEST_F(Streams, OverHttp11AreChunkedAndTheConnectionGoesOn) {
  Start();
  const auto producer = producers_.Add();
  Client client = Connect();
  client.Send(Get("/stream"));
  const Stream stream = producer->Open();
  ASSERT_TRUE(client.WaitFor("\r\n\r\n"));  // the head comes before any text
  EXPECT_EQ(answered_, 1);
  const std::string head = client.Take();
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(head.find("Connection"), std::string::npos);
  EXPECT_NE(head.find("X-Accel-Buffering: no\r\n"), std::string::npos);  // for nginx
  EXPECT_EQ(server_->counts().streams, 1u);
  EXPECT_EQ(server_->counts().requests_under_way, 1u);

  EXPECT_TRUE(stream.Write(ChunkOf("event one\n")));
  EXPECT_TRUE(stream.Write(ChunkOf("")));
  EXPECT_TRUE(client.WaitFor("a\r\nevent one\n\r\n"));
  EXPECT_TRUE(stream.Write(ChunkOf(std::string(30, 'x'))));
  stream.End(ChunkOf("end"));
  EXPECT_FALSE(stream.Write(ChunkOf("late")));
  stream.End(ChunkOf("late"));
  client.Send(Get("/small"));
  ASSERT_TRUE(client.WaitFor("small"));
  const std::string rest = client.Take();
  EXPECT_EQ(rest.substr(0, rest.find("HTTP/1.1")),
            "a\r\nevent one\n\r\n1e\r\n" + std::string(30, 'x') + "\r\n3\r\nend\r\n0\r\n\r\n");
  EXPECT_EQ(answered_, 2);
  WaitUntilReleased(producer);
  EXPECT_EQ(producer->gone, 0);
}

TEST_F(Streams, OverHttp10EndWithTheConnection) {
  Start();
  const auto producer = producers_.Add();
  Client client = Connect();
  client.Send("GET /stream HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  const Stream stream = producer->Open();
  ASSERT_TRUE(client.WaitFor("\r\n\r\n"));
  const std::string head = client.Take();
  EXPECT_EQ(head.find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos);
  stream.Write(ChunkOf("one"));
  EXPECT_TRUE(client.WaitFor("one"));
  stream.Write(ChunkOf("two"));
  stream.End();
  EXPECT_TRUE(client.WaitForEnd());
  EXPECT_EQ(client.received(), "onetwo");
  EXPECT_FALSE(client.was_reset());
  producer->LetGo();
  WaitUntil([&] { return server_->counts().requests_under_way == 1; });  // `stream` holds it
}

TEST_F(Streams, AnswerHeadWithoutABodyAndWithoutTheProducer) {
  Start();
  const auto producer = producers_.Add();
  Client client = Connect();
  client.Send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = client.Answer(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->Value("Transfer-Encoding"), "chunked");
  client.Send(Get("/small"));
  EXPECT_EQ(client.Answer()->body, "small");
  WaitUntilReleased(producer);
  EXPECT_EQ(producer->begun + producer->gone, 0);
}

// The producer stops at a Write that is not taken, and is asked only once there is room.
TEST_F(Streams, AskTheProducerAsFastAsTheClientReads) {
  constexpr size_t kText = 1000;
  // The kernel's buffers at both ends, 64 KiB that it cannot send, and 64 KiB of the front's.
  constexpr size_t kBetween = 6u << 20;
  Start();
  const auto producer = producers_.Add();
  std::atomic<size_t> offered{0}, refused{0};
  const Chunk text = ChunkOf(std::string(kText, 'x'));
  producer->at_begin = producer->at_room = [&](const Stream& stream) {
    while (stream.Write(text)) offered += kText;
    ++refused;
  };
  Client client = Connect(4096);
  client.Send(Get("/stream"));
  size_t read = 0;
  for (int i = 0; i < 300; ++i) {
    read = client.Read(100'000);
    ASSERT_LE(offered, read + kBetween);
    ASSERT_LE(server_->counts().unsent_bytes, 64u * 1024);
  }
  EXPECT_GE(read, 30'000'000u);
  // About half of the room was free again each time that the producer was asked.
  EXPECT_GT(producer->rooms, 0);
  EXPECT_LT(static_cast<size_t>(producer->rooms), offered / (25 * kText) + 2);
  client.ResetOnClose();
  Client(std::move(client));
  producer->WaitFor([&] { return producer->gone == 1; });
  WaitUntilReleased(producer);
  EXPECT_EQ(server_->counts().unsent_bytes, 0u);
}

TEST_F(Streams, ManySmallTextsAreBoundedByTheirNumber) {
  Start();
  const auto producer = producers_.Add();
  std::atomic<size_t> taken{0};
  producer->at_begin = [&](const Stream& stream) {
    const Chunk filling = ChunkOf(std::string(16u << 20, 'x'));  // more than the kernel takes
    EXPECT_TRUE(stream.Write(filling));
    EXPECT_FALSE(stream.Write(ChunkOf("x")));
  };
  Client client = Connect(4096);
  client.Send(Get("/stream"));
  const Stream stream = producer->Open();
  client.Read((16u << 20) + 100);
  producer->WaitFor([&] { return producer->rooms == 1; });
  while (stream.Write(ChunkOf("y")) && taken < 100'000'000) ++taken;
  EXPECT_LT(taken, 100'000'000u);
  EXPECT_LT(server_->counts().unsent_bytes, 1000u);  // 64 texts of 6 bytes each with their chunk's
}

TEST_F(Streams, AnEndlessOneLeavesTheWorkerToOthers) {
  Start();
  const auto producer = producers_.Add();
  const Chunk text = ChunkOf(std::string(10'000, 'x'));
  producer->at_begin = producer->at_room = [&](const Stream& stream) {
    while (stream.Write(text)) {
    }
  };
  Client client = Connect();
  client.Send(Get("/stream"));
  std::atomic<bool> ends{false};
  std::thread reader([&] {
    while (!ends) client.Read(100'000), client.Take();
  });
  producer->WaitFor([&] { return producer->rooms > 10; });
  for (int i = 0; i < 100; ++i) {
    Client other = Connect();
    other.Send(Get("/small"));
    EXPECT_EQ(other.Answer()->body, "small");
  }
  ends = true;
  reader.join();
}

TEST_F(Streams, NoRequestBehindOneIsBegunBeforeItsEnd) {
  Start();
  for (const char* path : {"/stream", "/later"}) {
    const auto producer = producers_.Add();
    Client client = Connect();
    client.Send(Get(path) + Get("/small") + Get("/small"));
    if (path == std::string_view("/later")) {
      producers_.Kept(0).Send(producers_.Answer());
      producers_.LetGo();
    }
    producer->Open().Write(ChunkOf("one"));
    ASSERT_TRUE(client.WaitFor("one"));
    const int before = producers_.small_ones;
    client.Send(Get("/small"));
    Client other = Connect();  // of the same worker
    other.Send(Get("/small"));
    EXPECT_EQ(other.Answer()->body, "small");
    EXPECT_EQ(producers_.small_ones, before + 1);
    client.Take();
    producer->Open().End();
    ASSERT_TRUE(client.WaitFor("0\r\n\r\n"));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.WaitFor("small")) << client.Take();
    WaitUntil([&] { return producers_.small_ones == before + 4; });
    producer->LetGo();
  }
}

// The front did not know that the answer would be a stream, so it began the next request.
TEST_F(Streams, OnesThatTheRouteDoesNotSayGoBeforeTheNextAnswer) {
  Start();
  const auto producer = producers_.Add();
  Client client = Connect();
  client.Send(Get("/unsaid") + Get("/small"));
  WaitUntil([&] { return producers_.small_ones == 1; });
  client.Send("GET /sm");
  producers_.Kept(0).Send(producers_.Answer());
  client.Send("all HTTP/1.1\r\nHost: a\r\n\r\n");
  producer->Open().End(ChunkOf("one"));
  ASSERT_TRUE(client.WaitFor("one\r\n0\r\n\r\nHTTP/1.1 200 OK"));
  WaitUntil([&] { return producers_.small_ones == 2; });
}

TEST_F(Streams, OfHttp10WithARequestBehindThemAreRefused) {
  Start();
  const auto producer = producers_.Add();
  Client client = Connect();
  client.Send("GET /unsaid HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" + Get("/small"));
  WaitUntil([&] { return producers_.small_ones == 1; });
  producers_.Kept(0).Send(producers_.Answer());
  EXPECT_EQ(client.Answer()->status, 400);
  EXPECT_EQ(client.Answer()->body, "small");
  WaitUntilReleased(producer);
  EXPECT_EQ(producer->begun, 0);
}

}  // namespace
}  // namespace contacts::http
