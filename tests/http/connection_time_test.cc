// What has used up its time is answered or closed.
#include "tests/http/connections.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

TEST_F(Connections, ASlowHeadIsAnswered408) {
  client_.Send("GET /ke");
  client_.connection().Expire(In(front_->options.head_timeout - milliseconds(1000)));
  EXPECT_EQ(client_.written(), "");
  client_.Send("e");  // bytes that trickle in win no time
  client_.connection().Expire(In(front_->options.head_timeout + milliseconds(1)));
  EXPECT_EQ(Next().status, 408);
  EXPECT_TRUE(client_.state().ended);
}

TEST_F(Connections, ASlowBodyIsAnswered408) {
  client_.Send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  client_.connection().Expire(In(front_->options.body_timeout - milliseconds(1000)));
  EXPECT_EQ(client_.written(), "");
  client_.connection().Expire(In(front_->options.body_timeout + milliseconds(1)));
  EXPECT_EQ(Next().status, 408);
  client_.Send("bc");
  EXPECT_TRUE(kept_.empty());
}

TEST_F(Connections, AnIdleConnectionIsClosedWithoutAWord) {
  client_.Send(Get("/ids"));
  Next();
  client_.connection().Expire(In(front_->options.idle_timeout - milliseconds(1000)));
  EXPECT_FALSE(client_.closing());
  client_.connection().Expire(In(front_->options.idle_timeout + milliseconds(1)));
  EXPECT_TRUE(client_.state().shut);
  EXPECT_EQ(Next().status, 0);
}

TEST_F(Connections, ALateAnswerIs503AndTheConnectionGoesOn) {
  client_.Send(Get("/keep"));
  client_.connection().Expire(In(front_->options.answer_timeout - milliseconds(1000)));
  EXPECT_EQ(client_.written(), "");
  client_.connection().Expire(In(front_->options.answer_timeout + milliseconds(1)));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Value("Retry-After"), "1");
  kept_[0].Send(Text("too late"));
  client_.Send(Get("/ids"));
  EXPECT_EQ(Next().status, 200);
}

TEST_F(Connections, AReaderWithoutProgressIsCutOff) {
  client_.state().room = 5;
  client_.Send(Get("/big"));
  client_.connection().Expire(In(front_->options.write_timeout - milliseconds(1000)));
  EXPECT_FALSE(client_.state().aborted);
  client_.connection().Expire(In(front_->options.write_timeout + milliseconds(1)));
  EXPECT_TRUE(client_.state().aborted);
}

// One byte in each half minute would keep an answer for ever.
TEST_F(Connections, AReaderThatTricklesIsCutOff) {
  client_.state().room = 5;
  client_.Send(Get("/big"));
  const auto begin = Connection::Clock::now();
  const auto late = begin + front_->options.write_timeout + milliseconds(1);
  while (Connection::Clock::now() < begin + milliseconds(5)) {
  }
  client_.state().room = 1;
  EXPECT_FALSE(client_.connection().Pump());
  client_.connection().Expire(late);
  EXPECT_TRUE(client_.state().aborted);
}

TEST_F(Connections, AReaderWithProgressIsNot) {
  client_.state().room = 5;
  client_.Send(Get("/big"));
  const auto begin = Connection::Clock::now();
  const auto late = begin + front_->options.write_timeout + milliseconds(1);
  while (Connection::Clock::now() < begin + milliseconds(5)) {
  }
  for (int i = 0; i < 2; ++i) {
    client_.state().room = 8192;
    EXPECT_FALSE(client_.connection().Pump());
  }
  client_.connection().Expire(late);
  EXPECT_FALSE(client_.state().aborted);
}

}  // namespace
}  // namespace contacts::http
