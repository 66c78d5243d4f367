// Bytes of requests and answers are counted for as long as they are held.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/infra/http/connections.h"
#include "tests/infra/http/holder.h"

namespace contacts::http {
namespace {

class Bodies : public ::testing::Test {
 protected:
  std::shared_ptr<ServerShared> MakeFront(size_t max_held_bytes, size_t max_connections = 10000) {
    ServerOptions options;
    options.access_log = false;
    options.max_held_bytes = max_held_bytes;
    options.max_connections = max_connections;
    return std::make_shared<ServerShared>(options, holder_.Routes());
  }

  Holder holder_;
};

// Ten thousand connections with a body each that waits would be gigabytes.
TEST_F(Bodies, ThoseThatAreHeldAreBoundedTogether) {
  const auto shared = MakeFront(10000);
  MemoryClient first(shared);
  first.Send(Post(9000));
  EXPECT_EQ(shared->held_bytes, 9000u);

  MemoryClient second(shared);
  second.Send(Post(5000));
  EXPECT_EQ(second.written().substr(9, 3), "503");
  EXPECT_TRUE(second.closing());
  MemoryClient slow(shared);
  slow.Send(Post(9000).substr(0, 6000));
  EXPECT_EQ(slow.written().substr(9, 3), "503");
  EXPECT_EQ(shared->held_bytes, 9000u);  // refused bodies are freed
  MemoryClient small(shared);
  small.Send(Post(2000));
  EXPECT_EQ(holder_.size(), 2u);
  small.Send(Post(2000));
  EXPECT_EQ(small.written(), "");  // after the first one's answer, which is still to come
  EXPECT_EQ(holder_.size(), 2u);

  holder_.LetGo();
  EXPECT_EQ(shared->held_bytes, 0u);
  MemoryClient third(shared);
  third.Send(Post(5000));
  EXPECT_EQ(holder_.size(), 1u);
}

// Bodies of closed connections stayed for half a minute, and a thousand of them kept all other
// bodies out.
TEST_F(Bodies, GoWithAClientThatEndsInTheMiddleOfThem) {
  const auto shared = MakeFront(1 << 20);
  MemoryClient client(shared);
  client.Send(Post(9000).substr(0, 6000));
  EXPECT_TRUE(client.connection().InputEnded());
  MemoryClient waits(shared);
  waits.Send(Post(100) + Post(9000).substr(0, 6000));
  EXPECT_FALSE(waits.connection().InputEnded()) << "the first answer is still to come";
}

// A body was not counted any more once its client had gone, though its handler still held it.
TEST_F(Bodies, AreCountedUntilTheHandlerLetsGo) {
  const auto shared = MakeFront(1 << 20);
  std::optional<MemoryClient> client(shared), other(shared);
  client->Send(Post(5000));
  other->Send(Post(3000));
  EXPECT_EQ(shared->held_bytes, 8000u);
  client.reset();
  other.reset();
  EXPECT_EQ(shared->held_bytes, 8000u);
  auto [request, responder] = holder_.Take();
  Request moved;
  moved = std::move(request);
  const auto later = std::make_shared<const Request>(std::move(moved));
  EXPECT_EQ(shared->held_bytes, 8000u);
  responder.Send(Text("answered"));
  EXPECT_EQ(shared->held_bytes, 8000u);
  holder_.LetGo();
  EXPECT_EQ(shared->held_bytes, 5000u);
}

TEST_F(Bodies, AreNotCountedAfterTheHandlerDroppedThem) {
  const auto shared = MakeFront(1 << 20);
  MemoryClient client(shared);
  client.Send(Post(5000));
  Request& request = holder_[0].request;
  request.DropBody();
  EXPECT_EQ(shared->held_bytes, 0u);
  EXPECT_EQ(request.body.capacity(), std::string().capacity());
  EXPECT_EQ(request.path, "/hold");
  request.DropBody();
  holder_.LetGo();
  EXPECT_EQ(shared->held_bytes, 0u);
}

// Small bodies are read when the room for bodies is full, so clients that go immediately and come
// again could send any number of them.
TEST_F(Bodies, SmallOnesThatOutliveTheirClientsAreBoundedToo) {
  const auto shared = MakeFront(10000, 10);
  MemoryClient(shared).Send(Post(10000));
  for (int i = 0; i < 100; ++i) MemoryClient(shared).Send(Post(4096));
  EXPECT_EQ(holder_.size(), 1 + 10u);
  EXPECT_EQ(shared->held_bytes, 10000 + 10 * 4096u);
}

TEST_F(Bodies, AHalfReadOneGoesWithItsConnection) {
  const auto shared = MakeFront(1 << 20);
  std::optional<MemoryClient> client(shared);
  client->Send(Get("/hold") + Post(5000).substr(0, 4000));
  EXPECT_GT(shared->held_bytes, 3000u);
  client.reset();  // the Connection stays, because the handler has its responder
  EXPECT_EQ(holder_.size(), 1u);
  EXPECT_EQ(shared->held_bytes, 0u);
}

TEST_F(Bodies, ThatAreRefusedAreFreed) {
  const auto shared = MakeFront(1 << 20);
  const std::string chunked =
      "POST /hold HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  MemoryClient malformed(shared);
  malformed.Send(chunked + "3e8\r\n" + std::string(1000, 'x') + "\r\nrubbish\r\n");
  EXPECT_EQ(malformed.written().substr(9, 3), "400");
  EXPECT_EQ(shared->held_bytes, 0u);
  MemoryClient late(shared);
  late.Send(Post(5000).substr(0, 4000));
  late.connection().Expire(Connection::Clock::now() + std::chrono::hours(1));
  EXPECT_EQ(late.written().substr(9, 3), "408");
  EXPECT_GT(shared->held_bytes, 3000u);  // the worker's parser frees it with the next input
  late.Send("x");
  EXPECT_EQ(shared->held_bytes, 0u);
}

// The counters live as long as any body that they count, also after the end of the server.
TEST_F(Bodies, MayOutliveTheFront) {
  auto shared = MakeFront(1 << 20);
  const std::weak_ptr<ServerShared> watched = shared;
  MemoryClient(shared).Send(Post(5000));
  Request request = std::move(holder_[0].request);
  shared.reset();
  holder_.LetGo();
  EXPECT_FALSE(watched.expired());
  request = Request{};
  EXPECT_TRUE(watched.expired());
}

// A handler that still held a request whose client had gone was not waited for.
TEST_F(Bodies, ARequestIsUnderWayUntilItsHandlerLetsGo) {
  const auto shared = MakeFront(1 << 20);
  {
    MemoryClient client(shared);
    client.Send(Get("/hold") + Get("/hold") + Get("/hold"));
    EXPECT_EQ(shared->under_way, 3u);
    const Holder::Held first = holder_.Take();
    first.responder.Send(Text("answered, but still held"));
    EXPECT_EQ(shared->under_way, 3u);
  }
  EXPECT_EQ(shared->under_way, 2u);  // the client has gone, the first handler has let go
  holder_.Take();
  EXPECT_EQ(shared->under_way, 1u);
  holder_[0].responder.Send(Text("to nobody"));
  EXPECT_EQ(shared->under_way, 1u);
  holder_.LetGo();
  EXPECT_EQ(shared->under_way, 0u);
}

TEST_F(Bodies, ARequestWhoseAnswerIsNotWrittenIsUnderWay) {
  const auto shared = MakeFront(1 << 20);
  MemoryClient client(shared);
  client.state().room = 10;
  client.Send(Get("/hold"));
  holder_[0].responder.Send(Text("answered"));
  holder_.LetGo();
  EXPECT_EQ(shared->under_way, 1u);
  client.state().room = SIZE_MAX;
  EXPECT_TRUE(client.connection().Pump());
  EXPECT_EQ(shared->under_way, 0u);
}

TEST_F(Connections, BytesThatTheSocketDidNotTakeAreCounted) {
  client_.state().room = 0;
  client_.Send(Get("/big"));
  EXPECT_GT(shared_->unsent_bytes, 30000u);
  EXPECT_LT(shared_->unsent_bytes, 31000u);
  client_.state().room = 10000;
  EXPECT_FALSE(client_.connection().Pump());
  EXPECT_LT(shared_->unsent_bytes, 21000u);
  client_.Send(Get("/big"));
  EXPECT_GT(shared_->unsent_bytes, 50000u);
  {
    MemoryClient other(shared_);
    other.Send(Get("/keep") + Get("/big"));
    EXPECT_GT(shared_->unsent_bytes, 80000u);  // its turn has not come
  }
  client_.state().room = SIZE_MAX;
  EXPECT_TRUE(client_.connection().Pump());
  EXPECT_EQ(shared_->unsent_bytes, 0u);
}

// Letting a request go twice would take another one off the count that the drain waits for.
TEST_F(Bodies, ARequestThatIsLetGoTwiceBreaksAnInvariant) {
  const auto shared = MakeFront(1 << 20);
  MemoryClient client(shared);
  client.Send(Post(10));
  holder_.LetGo();
  EXPECT_EQ(shared->under_way, 0u);
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";  // the log has a thread
  EXPECT_DEATH(client.connection().LetGo(0), "invariant broken at .*responder_target.cc");
  EXPECT_DEATH(shared->RequestEnded(), "invariant broken at .*server_shared.h");
}

}  // namespace
}  // namespace contacts::http
