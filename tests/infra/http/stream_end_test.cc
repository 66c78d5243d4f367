// The ends of streamed answers over real sockets: the client goes, the producer fails, the server
// goes down.
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "tests/infra/http/streams.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

TEST_F(Streams, AreCancelledWhenTheClientGoes) {
  Start();
  for (const bool resets : {true, false}) {
    for (const bool pipelines : {true, false}) {
      for (const bool old : {true, false}) {
        const auto producer = producers_.Add();
        {
          Client client = Connect();
          client.Send((old ? Old("/stream") : Get("/stream")) + (pipelines ? Get("/small") : ""));
          producer->Open().Write(ChunkOf("one"));
          ASSERT_TRUE(client.WaitFor("one"));
          if (resets) client.ResetOnClose();
        }
        producer->WaitFor([&] { return producer->gone == 1; });
        WaitUntilReleased(producer);
      }
    }
  }
  WaitUntil([&] { return server_->counts().connections == 0; });
  EXPECT_EQ(server_->counts().requests_under_way, 0u);
  EXPECT_EQ(producers_.small_ones, 0);
}

// Nothing else would tell that it has gone.
TEST_F(Streams, DoNotOutliveTheEndOfTheClientsSide) {
  Start();
  for (const char* path : {"/stream", "/later"}) {
    for (const bool pipelines : {true, false}) {
      const auto producer = producers_.Add();
      Client client = Connect();
      client.Send(Get(path) + (pipelines ? Get("/small") : ""));
      client.EndWriting();
      if (path == std::string_view("/later")) {
        producers_.Kept(0).Send(producers_.Answer());
        producers_.LetGo();
      }
      EXPECT_TRUE(client.WaitForEnd());
      WaitUntilReleased(producer);
      EXPECT_EQ(producer->begun, producer->gone);
    }
  }
  EXPECT_EQ(producers_.small_ones, 0);
}

TEST_F(Streams, AreBrokenOffWhenTheProducerFails) {
  Start();
  for (const bool old : {true, false}) {
    for (const int way : {0, 1, 2, 3, 4}) {
      const auto producer = producers_.Add();
      producer->at_begin = [way](const Stream& stream) {
        stream.Write(ChunkOf("one"));
        if (way == 0) throw std::runtime_error("a fault");
        if (way == 1) throw 1;  // NOLINT
        if (way == 2) stream.Break();
        if (way == 3) stream.Write(ChunkOf(std::string(32u << 20, 'x')));
        EXPECT_EQ(way == 4, stream.Write(ChunkOf("x")));
      };
      producer->at_room = [](const Stream&) { throw std::runtime_error("a later fault"); };
      Client client = Connect();
      client.Send(old ? Old("/stream") : Get("/stream"));
      if (way == 4) {
        producer->Open();
        producer->LetGo();
      }
      EXPECT_TRUE(client.WaitForEnd());
      EXPECT_TRUE(client.was_reset()) << way;
      EXPECT_EQ(client.received().find("\r\n0\r\n\r\n"), std::string::npos);
      producer->WaitFor([&] { return producer->gone == 1; });
      WaitUntilReleased(producer);
    }
  }
  WaitUntil([&] { return server_->counts().requests_under_way == 0; });
}

TEST_F(Streams, SendTheirLastTextWhenTheServerGoesDown) {
  Start();
  const auto says_bye = [](const std::shared_ptr<Producer>& producer) {
    producer->at_drain = [it = producer.get()](const Stream& stream) {
      stream.End(ChunkOf("bye"));
      it->LetGo();
    };
  };
  const auto idle = producers_.Add();
  says_bye(idle);
  Client client = Connect(), old = Connect(), full = Connect(4096);
  client.Send(Get("/stream"));
  idle->Open();
  const auto second = producers_.Add();
  says_bye(second);
  old.Send(Old("/stream"));
  second->Open();
  const auto third = producers_.Add();
  third->at_begin = [](const Stream& stream) {
    while (stream.Write(ChunkOf(std::string(60'000, 'x')))) {
    }
  };
  says_bye(third);
  full.Send(Get("/stream"));
  third->Open();
  std::thread readers([&] {
    EXPECT_TRUE(client.WaitForEnd());
    EXPECT_TRUE(old.WaitForEnd());
    EXPECT_TRUE(full.WaitForEnd());
  });
  EXPECT_TRUE(server_->Drain(milliseconds(60'000)));
  EXPECT_EQ(server_->counts().cut, 0u);
  readers.join();
  EXPECT_TRUE(client.received().ends_with("3\r\nbye\r\n0\r\n\r\n"));
  EXPECT_TRUE(old.received().ends_with("\r\n\r\nbye"));
  EXPECT_FALSE(old.was_reset());
  EXPECT_TRUE(full.received().ends_with("x\r\n3\r\nbye\r\n0\r\n\r\n"));
  for (const auto& producer : {idle, second, third}) EXPECT_EQ(producer->gone, 0);
}

TEST_F(Streams, TheEndOfTheServerCancelsProducersThatGoOn) {
  Start();
  const auto producer = producers_.Add();
  Client client = Connect();
  client.Send(Old("/stream"));
  producer->Open();
  server_.reset();
  EXPECT_EQ(producer->gone, 1);
  EXPECT_EQ(producer.use_count(), 1);
  EXPECT_TRUE(client.WaitForEnd());
  EXPECT_TRUE(client.was_reset());
}

}  // namespace
}  // namespace contacts::http
