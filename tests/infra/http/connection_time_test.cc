// Requests, handlers and readers that use up their time, and idle connections.
#include "tests/infra/http/connections.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

TEST_F(Connections, ASlowHeadIsAnswered408) {
  client_.Send("GET /ke");
  client_.connection().Expire(In(shared_->options.head_timeout - milliseconds(1000)));
  EXPECT_EQ(client_.written(), "");
  client_.Send("e");  // trickling bytes gain no time
  client_.connection().Expire(In(shared_->options.head_timeout + milliseconds(1)));
  EXPECT_EQ(Next().status, 408);
  EXPECT_TRUE(client_.state().ended);
}

TEST_F(Connections, ASlowBodyIsAnswered408) {
  client_.Send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  client_.connection().Expire(In(shared_->options.body_timeout - milliseconds(1000)));
  EXPECT_EQ(client_.written(), "");
  client_.connection().Expire(In(shared_->options.body_timeout + milliseconds(1)));
  EXPECT_EQ(Next().status, 408);
  client_.Send("bc");
  EXPECT_TRUE(kept_.empty());
}

// The drain waited for the rest of a request as long as any client may take.
TEST_F(Connections, APartOfARequestIsRefusedWhileTheServerGoesDown) {
  MemoryClient body(shared_);
  client_.Send("GET /ke");
  body.Send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  shared_->BeginDrain(In(milliseconds(0)));
  client_.connection().Expire(In(milliseconds(500)));
  body.connection().Expire(In(milliseconds(500)));
  EXPECT_EQ(client_.written() + body.written(), "");
  client_.connection().Expire(In(milliseconds(1500)));
  body.connection().Expire(In(milliseconds(1500)));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Value("Retry-After"), "1");
  EXPECT_EQ(body.written().substr(9, 3), "503");
  EXPECT_TRUE(client_.state().ended && body.state().ended);
  EXPECT_EQ(shared_->under_way, 0u);
  EXPECT_EQ(shared_->cut, 2u);
}

TEST_F(Connections, ASlowReaderIsWaitedForFiveSecondsWhileTheServerGoesDown) {
  client_.state().room = 100;
  shared_->BeginDrain(In(milliseconds(-10'000)));  // its answer comes late in the drain
  client_.Send(Get("/big"));
  client_.connection().Expire(In(milliseconds(4500)));
  EXPECT_FALSE(client_.state().aborted);
  client_.connection().Expire(In(milliseconds(5500)));
  EXPECT_TRUE(client_.state().aborted);
  EXPECT_EQ(shared_->under_way, 0u);
  EXPECT_EQ(shared_->cut, 1u);
}

TEST_F(Connections, AnIdleConnectionIsClosedWithoutAnAnswer) {
  client_.Send(Get("/ids"));
  Next();
  client_.connection().Expire(In(shared_->options.idle_timeout - milliseconds(1000)));
  EXPECT_FALSE(client_.closing());
  client_.connection().Expire(In(shared_->options.idle_timeout + milliseconds(1)));
  EXPECT_TRUE(client_.state().shut);
  EXPECT_EQ(Next().status, 0);
}

// The server would close a connection under a request of a balancer that keeps connections longer.
TEST_F(Connections, AnotherIdleTimeCountsForConnectionsThatAreOpen) {
  ServerOptions options = shared_->options;
  const auto before = options.idle_timeout;
  options.idle_timeout = std::chrono::seconds(620);
  shared_->tuning.Replace(Tuning(options));
  client_.connection().Expire(In(before + milliseconds(1)));
  EXPECT_FALSE(client_.closing());
  client_.connection().Expire(In(std::chrono::seconds(619)));
  EXPECT_FALSE(client_.closing());
  client_.connection().Expire(In(std::chrono::seconds(621)));
  EXPECT_TRUE(client_.state().shut);
}

TEST_F(Connections, AnswersCloseTheirConnectionWhileClientsAreSentAway) {
  client_.Send(Get("/ids"));
  EXPECT_EQ(Next().Value("Connection"), "");
  shared_->leaving = true;
  client_.connection().Expire(In(milliseconds(1500)));
  EXPECT_FALSE(client_.closing());  // no client is cut off
  client_.Send(Get("/keep") + Get("/ids"));
  kept_[0].Send(Text("kept"));
  EXPECT_EQ(Next().Value("Connection"), "");  // the next request is answered, too
  const ReadAnswer last = Next();
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.Value("Connection"), "close");
  EXPECT_TRUE(client_.state().ended);
}

TEST_F(Connections, ALateAnswerIs503AndTheConnectionGoesOn) {
  client_.Send(Get("/keep"));
  client_.connection().Expire(In(shared_->options.answer_timeout - milliseconds(1000)));
  EXPECT_EQ(client_.written(), "");
  client_.connection().Expire(In(shared_->options.answer_timeout + milliseconds(1)));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Value("Retry-After"), "1");
  kept_[0].Send(Text("too late"));
  client_.Send(Get("/ids"));
  EXPECT_EQ(Next().status, 200);
}

// The write may have happened, or may still happen.
TEST_F(Connections, ALateAnswerToAWriteSaysThatItIsUnknownAndGivesTheKeyBack) {
  client_.Send(
      "POST /keep HTTP/1.1\r\nHost: a\r\nIdempotency-Key: mine\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(kept_.size(), 1u);
  EXPECT_FALSE(kept_[0].gone());
  client_.connection().Expire(In(shared_->options.answer_timeout + milliseconds(1)));
  const ReadAnswer keyed = Next();
  EXPECT_EQ(keyed.status, 503);
  EXPECT_EQ(keyed.Value("Idempotency-Key"), "mine");
  EXPECT_NE(keyed.body.find("the outcome is unknown"), std::string::npos) << keyed.body;
  // Tells the handler not to begin work whose answer no client waits for.
  EXPECT_TRUE(kept_[0].gone());

  client_.Send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(kept_.size(), 2u);
  client_.connection().Expire(In(shared_->options.answer_timeout + milliseconds(1)));
  const ReadAnswer plain = Next();
  EXPECT_EQ(plain.status, 503);
  EXPECT_EQ(plain.Value("Idempotency-Key"), "");
  EXPECT_TRUE(kept_[1].gone());
}

TEST_F(Connections, AReaderWithoutProgressIsCutOff) {
  client_.state().room = 5;
  client_.Send(Get("/big"));
  client_.connection().Expire(In(shared_->options.write_timeout - milliseconds(1000)));
  EXPECT_FALSE(client_.state().aborted);
  client_.connection().Expire(In(shared_->options.write_timeout + milliseconds(1)));
  EXPECT_TRUE(client_.state().aborted);
}

// One byte in each half minute would keep an answer for ever.
TEST_F(Connections, AReaderThatTricklesIsCutOff) {
  client_.state().room = 5;
  client_.Send(Get("/big"));
  client_.state().room = 1;
  EXPECT_FALSE(client_.connection().Pump(In(milliseconds(5000))));
  client_.connection().Expire(In(shared_->options.write_timeout + milliseconds(1)));
  EXPECT_TRUE(client_.state().aborted);
}

TEST_F(Connections, AReaderWithProgressIsNotCutOff) {
  client_.state().room = 5;
  client_.Send(Get("/big"));
  for (int i = 0; i < 2; ++i) {
    client_.state().room = 8192;
    EXPECT_FALSE(client_.connection().Pump(In(milliseconds(5000))));
  }
  client_.connection().Expire(In(shared_->options.write_timeout + milliseconds(1)));
  EXPECT_FALSE(client_.state().aborted);
}

// The kernel takes nothing for half a minute while it holds bytes that a slow line needs as long to
// carry.
TEST_F(Connections, BytesThatTheClientTakesFromTheKernelsBufferAreProgress) {
  client_.state().room = 5;
  client_.state().untaken = 100'000;
  client_.Send(Get("/big"));
  for (int i = 1; i <= 4; ++i) {
    client_.state().untaken -= 20'000;
    client_.connection().Expire(In(i * shared_->options.write_timeout / 3));
    EXPECT_FALSE(client_.state().aborted) << i;
  }
  client_.connection().Expire(In(7 * shared_->options.write_timeout / 3 + milliseconds(1)));
  EXPECT_TRUE(client_.state().aborted);
}

class SlowReaders : public ::testing::Test {
 protected:
  // 300 kB.
  void AskForBig() { client_->Send(Get("/big")); }
  // True: it was cut off.
  bool TakesAt(int seconds, size_t bytes) {
    const auto now = begin_ + std::chrono::seconds(seconds);
    client_->state().room = bytes;
    EXPECT_FALSE(client_->connection().Pump(now));
    client_->connection().Expire(now);
    return client_->state().aborted;
  }

  std::vector<Responder> kept_;
  const std::shared_ptr<ServerShared> shared_ = [this] {
    ServerOptions options = SmallLimits();
    options.write_timeout = milliseconds(10000);
    options.min_read_rate = 10000;
    return Connections::MakeFront(options, &kept_,
                                  std::make_shared<const std::string>(100000, 'x'));
  }();
  const std::unique_ptr<MemoryClient> client_ = [this] {
    auto client = std::make_unique<MemoryClient>(shared_);
    client->state().room = 5;
    return client;
  }();
  const Connection::Clock::time_point begin_ = Connection::Clock::now();
};

// With rare progress an answer was kept for hours.
TEST_F(SlowReaders, MustTakeTheWholeAnswerInTime) {
  AskForBig();  // 10 s and 30 s
  for (int seconds = 9; seconds <= 36; seconds += 9) EXPECT_FALSE(TakesAt(seconds, 17000));
  EXPECT_TRUE(TakesAt(42, 17000));
}

TEST_F(SlowReaders, HaveTimeForEachAnswer) {
  AskForBig();
  AskForBig();  // 10 s and 60 s
  for (int seconds = 9; seconds <= 63; seconds += 9) EXPECT_FALSE(TakesAt(seconds, 17000));
  EXPECT_TRUE(TakesAt(72, 17000));
}

}  // namespace
}  // namespace contacts::http
