// Streamed answers and the time: the test says what time it is.
#include "tests/infra/http/connections.h"
#include "tests/infra/http/producer.h"

namespace contacts::http {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class StreamTime : public ::testing::Test {
 protected:
  ~StreamTime() override { producer_->LetGo(); }
  void Begin() {
    client_.Send(Get("/stream"));
    client_.connection().TellSources(false);
    ASSERT_EQ(producer_->begun, 1);
    read_ = client_.written().size();
  }
  void Expire(milliseconds at) { client_.connection().Expire(start_ + at); }
  // What was written since the last call.
  std::string Next() {
    const std::string text = client_.written().substr(read_);
    read_ += text.size();
    return text;
  }
  bool Cut() { return client_.state().aborted || client_.state().resets; }

  Producers producers_;
  std::shared_ptr<Producer> producer_ = producers_.Add();
  std::shared_ptr<ServerShared> shared_ =
      std::make_shared<ServerShared>(SmallLimits(), producers_.Routes());
  MemoryClient client_{shared_};
  Connection::Clock::time_point start_ = Connection::Clock::now();
  size_t read_ = 0;
};

TEST_F(StreamTime, AnIdleStreamHasNoTimeOut) {
  Begin();
  for (int hour = 1; hour < 100; ++hour) Expire(hours(hour));
  EXPECT_FALSE(client_.closing() || Cut());
  EXPECT_TRUE(producer_->Open().Write(ChunkOf("still here")));
  Expire(hours(101));
  EXPECT_EQ(Next(), "a\r\nstill here\r\n");
  producer_->Open().End();
  EXPECT_EQ(Next(), "0\r\n\r\n");
  client_.connection().Expire(Connection::Clock::now() + hours(1));  // now it is idle
  EXPECT_TRUE(client_.state().shut);
}

// One that has answered before its turn has come, too.
TEST_F(StreamTime, AWaitingStreamHasNoTimeOut) {
  client_.Send(Get("/later"));
  producers_.Kept(0).Send(producers_.Answer());
  client_.connection().TellSources(false);
  ASSERT_EQ(producer_->begun, 1);
  producers_.LetGo();
  Expire(shared_->options.answer_timeout + hours(1));
  EXPECT_FALSE(client_.closing() || Cut());
}

TEST_F(StreamTime, TheFrontWritesTheTextThatKeepsAStreamAlive) {
  Begin();
  producer_->Open().KeepAlive(ChunkOf(":\n"), seconds(15));
  Expire(seconds(14));
  EXPECT_EQ(Next(), "");
  Expire(seconds(16));
  EXPECT_EQ(Next(), "2\r\n:\n\r\n");
  Expire(seconds(30));
  EXPECT_EQ(Next(), "");
  Expire(seconds(31));
  EXPECT_EQ(Next(), "2\r\n:\n\r\n");
}

TEST_F(StreamTime, TheKeepingTextWaitsForAReaderThatIsBehind) {
  Begin();
  producer_->Open().KeepAlive(ChunkOf(":\n"), milliseconds(100));
  client_.state().room = 1;
  producer_->Open().Write(ChunkOf("text"));
  Next();
  const size_t unsent = shared_->unsent_bytes;
  EXPECT_GT(unsent, 0u);
  for (int i = 1; i < 100; ++i) Expire(milliseconds(200 * i));
  EXPECT_EQ(shared_->unsent_bytes, unsent);
}

TEST_F(StreamTime, AReaderThatTakesNothingIsCut) {
  Begin();
  client_.state().room = 3;
  EXPECT_TRUE(producer_->Open().Write(ChunkOf("text")));
  Expire(shared_->options.write_timeout - seconds(1));
  EXPECT_FALSE(Cut());
  Expire(shared_->options.write_timeout + seconds(1));
  EXPECT_TRUE(client_.state().aborted);
  EXPECT_EQ(producer_->gone, 0);
  client_.connection().Closed();
  EXPECT_EQ(producer_->gone, 1);
  EXPECT_EQ(producer_.use_count(), 1);
  EXPECT_EQ(shared_->under_way, 0u);
  EXPECT_EQ(shared_->streams, 0u);
}

// The kernel takes the events of hours for a client that has vanished.
TEST_F(StreamTime, AClientThatAcknowledgesNothingIsCut) {
  Begin();
  Expire(hours(1));
  client_.state().untaken = 9;
  EXPECT_TRUE(producer_->Open().Write(ChunkOf("text")));
  Expire(hours(2));
  Expire(hours(2) + shared_->options.write_timeout - seconds(1));
  EXPECT_FALSE(Cut());
  client_.state().untaken = 18;
  EXPECT_TRUE(producer_->Open().Write(ChunkOf("text")));
  Expire(hours(2) + shared_->options.write_timeout + seconds(2));
  EXPECT_TRUE(client_.state().aborted);
}

// Some bytes are on their way at each look, though each one is taken soon.
TEST_F(StreamTime, AClientThatTakesAllThatItIsSentStays) {
  Begin();
  client_.state().untaken = 9;
  for (int second = 1; second < 1000; ++second) {
    ASSERT_TRUE(producer_->Open().Write(ChunkOf("text")));
    Expire(seconds(second));
    ASSERT_FALSE(Cut()) << second;
  }
}

TEST_F(StreamTime, AProducerHasTwoSecondsToEndWhileTheServerGoesDown) {
  Begin();
  shared_->BeginDrain(start_);
  client_.connection().CloseIfIdle();
  client_.connection().CloseIfIdle();
  EXPECT_EQ(producer_->drains, 0);
  client_.connection().TellSources(false);
  EXPECT_EQ(producer_->drains, 1);
  Expire(seconds(1));
  EXPECT_TRUE(producer_->Open().Write(ChunkOf("one")));
  EXPECT_FALSE(Cut());
  Expire(seconds(3));
  EXPECT_TRUE(client_.state().resets);
  EXPECT_FALSE(client_.connection().TellSources(false));  // its worker closes it
  EXPECT_EQ(producer_->drains, 1);
  EXPECT_EQ(producer_->gone, 1);
  EXPECT_EQ(shared_->cut, 1u);
}

TEST_F(StreamTime, AStreamThatBeginsWhileTheServerGoesDownIsToldSo) {
  shared_->BeginDrain(start_ - seconds(10));
  producer_->at_drain = [](const Stream& stream) { stream.End(ChunkOf("bye")); };
  Begin();
  EXPECT_EQ(producer_->drains, 1);
  EXPECT_TRUE(client_.written().ends_with("3\r\nbye\r\n0\r\n\r\n"));
  EXPECT_NE(client_.written().find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client_.state().ended);
}

TEST_F(StreamTime, OneThatEndsWhileTheServerGoesDownClosesItsConnection) {
  Begin();
  shared_->BeginDrain(start_);
  client_.connection().CloseIfIdle();
  EXPECT_FALSE(client_.closing());
  producer_->Open().End();
  EXPECT_TRUE(client_.state().ended);
  EXPECT_EQ(shared_->under_way, 1u);
  client_.connection().TellSources(false);
  EXPECT_EQ(producer_->drains, 0);  // it has ended
  producer_->LetGo();
  EXPECT_EQ(shared_->under_way, 0u);
}

// Its destruction may end a wait, and so come back to the connection.
TEST_F(StreamTime, AWaitingStreamIsFreedWithoutTheConnectionsLock) {
  client_.Send(Get("/unsaid") + Get("/later"));
  producers_.Kept(1).Send(producers_.Answer());
  producer_->at_begin = [first = producers_.Kept(0)](const Stream&) {};
  producers_.LetGo();
  producer_ = producers_.Add();
  client_.connection().Closed();
  EXPECT_EQ(shared_->under_way, 0u);
}

// A client that takes all, and a producer that has always more, would keep the worker for ever.
TEST_F(StreamTime, OneCallTakes256KiB) {
  size_t taken = 0;
  producer_->at_begin = producer_->at_room = [&taken](const Stream& stream) {
    for (int i = 0; i < 100 && stream.Write(ChunkOf(std::string(10'000, 'x'))); ++i) ++taken;
  };
  Begin();
  EXPECT_EQ(taken, 27u);
  client_.connection().TellSources(false);
  EXPECT_EQ(producer_->rooms, 1);
  EXPECT_EQ(taken, 54u);
  EXPECT_EQ(shared_->unsent_bytes, 0u);
}

TEST_F(StreamTime, AProducerIsAskedOnceHalfOfTheRoomIsFree) {
  Begin();
  client_.state().room = 0;
  const Stream stream = producer_->Open();
  const Chunk text = ChunkOf(std::string(10'000, 'x'));
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(stream.Write(text));
  EXPECT_FALSE(stream.Write(text));
  const auto takes = [this](size_t bytes) {
    client_.state().room = bytes;
    client_.connection().Pump();
    client_.connection().TellSources(false);
  };
  takes(20'000);
  EXPECT_EQ(producer_->rooms, 0);
  takes(20'000);
  EXPECT_EQ(producer_->rooms, 1);
  takes(20'000);
  EXPECT_EQ(producer_->rooms, 1);  // it has not asked again
  EXPECT_TRUE(stream.Write(text));
}

// The orderly end would make a body without chunks look whole.
TEST_F(StreamTime, OneThatIsBrokenOffIsNotEndedInOrder) {
  Begin();
  client_.state().room = 3;
  const Stream stream = producer_->Open();
  stream.Write(ChunkOf("text"));
  stream.Break();
  client_.state().room = 100;
  client_.connection().Pump();
  Expire(seconds(1));
  EXPECT_TRUE(client_.state().resets);
  EXPECT_FALSE(client_.closing());
}

TEST_F(StreamTime, AFailedWriteIsToldByTheWorker) {
  Begin();
  client_.state().gone = true;
  const Stream stream = producer_->Open();
  stream.Write(ChunkOf("text"));
  EXPECT_TRUE(client_.state().shut);
  EXPECT_EQ(producer_->gone, 0);  // a producer that holds its lock while it writes is not called
  EXPECT_FALSE(stream.Write(ChunkOf("text")));
  EXPECT_FALSE(client_.connection().TellSources(false));
  EXPECT_EQ(producer_->gone, 1);
}

}  // namespace
}  // namespace contacts::http
