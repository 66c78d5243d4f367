// A waiting handler is told when no client waits for its answer any more.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/infra/http/connections.h"

namespace contacts::http {
namespace {

using std::chrono::hours;

// Counts the calls of a function for WhenGone, and sees whether it is destroyed.
class Told {
 public:
  std::function<void()> Function() {
    return [told = told_, alive = alive_] { ++*told; };
  }
  int count() const { return *told_; }
  bool destroyed() const { return alive_.use_count() == 1; }

 private:
  std::shared_ptr<int> told_ = std::make_shared<int>(0);
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

TEST_F(Connections, AHandlerIsToldOnceThatItsClientHasGone) {
  Told told;
  client_.Send(Get("/keep"));
  kept_[0].WhenGone(told.Function());
  EXPECT_FALSE(kept_[0].gone());
  EXPECT_EQ(told.count(), 0);
  client_.connection().Closed();
  EXPECT_EQ(told.count(), 1);
  EXPECT_TRUE(told.destroyed());
  EXPECT_TRUE(kept_[0].gone());
  kept_.clear();
  EXPECT_EQ(told.count(), 1);
}

TEST_F(Connections, AHandlerIsToldImmediatelyIfItsClientHasGoneAlready) {
  Told told;
  client_.Send(Get("/keep"));
  client_.connection().Closed();
  EXPECT_TRUE(kept_[0].gone());
  kept_[0].WhenGone(told.Function());
  EXPECT_EQ(told.count(), 1);
  EXPECT_TRUE(told.destroyed());
}

TEST_F(Connections, AHandlerThatHasAnsweredIsNotTold) {
  Told before, after;
  client_.Send(Get("/keep"));
  kept_[0].WhenGone(before.Function());
  kept_[0].Send(Text("answer"));
  EXPECT_TRUE(before.destroyed());
  kept_[0].WhenGone(after.Function());
  EXPECT_TRUE(after.destroyed());
  client_.connection().Closed();
  EXPECT_FALSE(kept_[0].gone());
  EXPECT_EQ(before.count() + after.count(), 0);
}

TEST_F(Connections, AnAnswerToAClientThatHasGoneIsAnAnswer) {
  Told told;
  client_.Send(Get("/keep"));
  client_.connection().Closed();
  kept_[0].Send(Text("to nobody"));
  kept_[0].WhenGone(told.Function());
  EXPECT_FALSE(kept_[0].gone());
  EXPECT_EQ(told.count(), 0);
}

TEST_F(Connections, AHandlerWhoseTimeIsUpIsNotTold) {
  Told told, after;
  client_.Send(Get("/keep"));
  kept_[0].WhenGone(told.Function());
  client_.connection().Expire(In(hours(1)));
  EXPECT_EQ(Next().status, 503);
  EXPECT_TRUE(told.destroyed());
  kept_[0].WhenGone(after.Function());
  client_.connection().Closed();
  EXPECT_TRUE(kept_[0].gone());  // the front has answered instead of the handler
  EXPECT_EQ(told.count() + after.count(), 0);
}

TEST_F(Connections, PipelinedRequestsWithoutAnswerAreTold) {
  Told told[4];
  client_.Send(Get("/keep") + Get("/keep") + Get("/keep") + Get("/keep"));
  for (size_t i = 0; i < 4; ++i) kept_[i].WhenGone(told[i].Function());
  kept_[0].Send(Text("written"));
  kept_[2].Send(Text("waits for the one before it"));
  client_.connection().Closed();
  EXPECT_EQ(told[0].count(), 0);
  EXPECT_EQ(told[1].count(), 1);
  EXPECT_EQ(told[2].count(), 0);
  EXPECT_EQ(told[3].count(), 1);
  EXPECT_FALSE(kept_[2].gone());
}

TEST_F(Connections, AFailedWriteTellsThoseThatStillWait) {
  Told told, after;
  client_.Send(Get("/keep") + Get("/keep"));
  kept_[1].WhenGone(told.Function());
  client_.state().gone = true;
  kept_[0].Send(Text("lost"));
  EXPECT_EQ(told.count(), 1);
  EXPECT_TRUE(kept_[1].gone());
  kept_[1].WhenGone(after.Function());
  EXPECT_EQ(after.count(), 1);
}

TEST_F(Connections, AWriteThatFailsLaterTellsThemToo) {
  Told told;
  client_.state().room = 10;
  client_.Send(Get("/big") + Get("/keep"));
  kept_[0].WhenGone(told.Function());
  client_.state().gone = true;
  EXPECT_TRUE(client_.connection().Pump());
  EXPECT_EQ(told.count(), 1);
}

TEST_F(Connections, AClientThatHasOnlyEndedItsSideHasNotGone) {
  Told told;
  client_.Send("GET /keep HTTP/1.0\r\n\r\n");
  kept_[0].WhenGone(told.Function());
  EXPECT_FALSE(client_.connection().InputEnded());
  EXPECT_EQ(told.count(), 0);
  client_.connection().Closed();
  EXPECT_EQ(told.count(), 1);
}

// A client that has closed its connection looks the same, and kept its place among those that wait.
TEST_F(Connections, AHandlerIsToldThatItsClientEndedItsSideAndMayAnswer) {
  Told ended, gone;
  client_.Send(Get("/keep"));
  kept_[0].WhenGone(gone.Function());
  kept_[0].WhenClientEnds(ended.Function());
  EXPECT_TRUE(client_.connection().TellSources(false));
  EXPECT_EQ(ended.count(), 0);
  EXPECT_TRUE(client_.connection().TellSources(true));
  EXPECT_EQ(ended.count(), 1);
  EXPECT_TRUE(ended.destroyed());
  EXPECT_FALSE(kept_[0].gone());
  EXPECT_FALSE(client_.connection().InputEnded());
  EXPECT_EQ(ended.count(), 1);
  kept_[0].Send(Text("answer"));
  EXPECT_EQ(Next().body, "answer");
  EXPECT_EQ(gone.count(), 0);
}

TEST_F(Connections, AHandlerIsToldImmediatelyIfItsClientHasEndedItsSideAlready) {
  Told ended, after;
  client_.Send(Get("/keep"));
  EXPECT_TRUE(client_.connection().TellSources(true));
  kept_[0].WhenClientEnds(ended.Function());
  EXPECT_EQ(ended.count(), 1);
  kept_[0].Send(Text("answer"));
  kept_[0].WhenClientEnds(after.Function());
  EXPECT_EQ(after.count(), 0);
  EXPECT_TRUE(after.destroyed());
}

TEST_F(Connections, AnEndAfterTheAnswerOrTheConnectionIsToldToNobody) {
  Told answered, closed;
  client_.Send(Get("/keep") + Get("/keep"));
  kept_[0].WhenClientEnds(answered.Function());
  kept_[1].WhenClientEnds(closed.Function());
  kept_[0].Send(Text("answer"));
  EXPECT_TRUE(answered.destroyed());
  client_.connection().Closed();
  EXPECT_TRUE(closed.destroyed());
  client_.connection().TellSources(true);
  EXPECT_EQ(answered.count() + closed.count(), 0);
}

TEST_F(Connections, AHandlerThatIsToldMayDoAnythingWithItsResponder) {
  std::vector<std::string> done;
  client_.Send(Get("/keep") + Get("/keep"));
  kept_[0].WhenGone([&done, out = kept_[0]] {
    out.WhenGone([&done] { done.push_back("again"); });
    if (out.gone()) done.push_back("gone");
    out.Send(Text("to nobody"));
  });
  kept_[1].WhenGone([&done, out = kept_[1]] {
    done.push_back("failed");
    throw std::runtime_error("what a handler should not do");
  });
  kept_.clear();  // the function of WhenGone holds the last of them
  EXPECT_EQ(shared_->under_way, 2u);
  client_.connection().Closed();
  EXPECT_EQ(done, (std::vector<std::string>{"again", "gone", "failed"}));
  EXPECT_EQ(shared_->under_way, 0u);
}

// An exchange holds its responder in this way, and a wait holds the exchange.
struct Exchange {
  Responder responder;
};

TEST_F(Connections, AnAnswerEndsWhatOwnsItsResponder) {
  client_.Send(Get("/keep") + Get("/keep") + Get("/ids"));
  std::weak_ptr<Exchange> watched[2];
  for (size_t i = 0; i < 2; ++i) {
    auto exchange = std::make_shared<Exchange>(Exchange{kept_[i]});
    watched[i] = exchange;
    exchange->responder.WhenGone([exchange] {});
  }
  kept_.clear();
  EXPECT_FALSE(watched[0].expired());
  watched[0].lock().get()->responder.Send(Text("one"));
  EXPECT_TRUE(watched[0].expired());
  EXPECT_EQ(Next().body, "one");
  // The front's answer, when the handler sends none, destroys the exchange, too.
  client_.connection().Expire(In(hours(1)));
  EXPECT_TRUE(watched[1].expired());
  EXPECT_EQ(Next().status, 503);
  EXPECT_EQ(Next().status, 200);
  EXPECT_EQ(shared_->under_way, 0u);
}

// Sent through a plain reference: the answer destroys the object that it is sent through.
TEST_F(Connections, AnAnswerMayEndTheObjectThatSendsIt) {
  client_.Send(Get("/keep"));
  auto exchange = std::make_shared<Exchange>(Exchange{kept_[0]});
  const Exchange& owned_by_itself = *exchange;
  kept_.clear();
  owned_by_itself.responder.WhenGone([held = std::move(exchange)] {});
  owned_by_itself.responder.Send(Text("answer"));
  EXPECT_EQ(Next().body, "answer");
  EXPECT_EQ(shared_->under_way, 0u);
}

TEST_F(Connections, HandlersAreToldWhileDrainingToo) {
  Told told;
  client_.Send(Get("/keep"));
  kept_[0].WhenGone(told.Function());
  shared_->draining = true;
  client_.connection().CloseIfIdle();
  EXPECT_EQ(told.count(), 0);
  client_.connection().Closed();
  EXPECT_EQ(told.count(), 1);
  EXPECT_EQ(shared_->under_way, 1u);
  kept_.clear();
  EXPECT_EQ(shared_->under_way, 0u);
}

}  // namespace
}  // namespace contacts::http
