// A writer whose test decides which of its entries land, are lost, reported and read back. The
// projector is the real one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command/writer/writer.h"
#include "tests/command/given.h"
#include "tests/support/keys.h"

namespace contacts::testing {

class DrivenWriter {
 public:
  explicit DrivenWriter(WriterOptions options = {}, World world = FixedWorld(2))
      : writer(given.lookup(), TestKeys(), options, std::move(world)) {
    writer.OnJudged({}, given.position(), now);
  }

  // Returns the command's number, which is the index of its answers in `answers`.
  size_t Ask(Command command) {
    const size_t number = answers.size();
    answers.emplace_back();
    TestTree(command.tenant);
    writer.Submit(
        std::move(command),
        [this, number](Answer answer) { answers[number].push_back(std::move(answer)); }, now);
    return number;
  }
  // Does what is due; returns the entries that the writer handed to the log.
  std::vector<Outgoing> Advance() {
    writer.Advance(now);
    std::vector<Outgoing> out = writer.TakeOutgoing();
    handed.insert(handed.end(), out.begin(), out.end());
    if (const auto query = writer.TakeEndQuery()) {
      query_ = {*query, End()};
    }
    return out;
  }
  std::vector<Outgoing> AskAndAdvance(Command command) {
    Ask(std::move(command));
    return Advance();
  }

  // Puts the entry into the log, unread.
  Offset Land(const Outgoing& entry) {
    const Offset offset = End();
    unread_.push_back({entry.key, entry.value});
    return offset;
  }
  // Puts a record of another instance into the log, decided on what this one has applied.
  void OthersLand(const Command& command, uint8_t who = 200) {
    const TenantState state = given.State(command.tenant.value);
    const std::optional<Event> event = RecordedEvent(Decide(state, command), command);
    const Record record = MakeRecord(state, command, event.value(), FixedWorld(who));
    Land({0, command.tenant.value, EncodeRecord(record)});
  }
  // Applies all entries that landed, and tells the writer.
  void Read() {
    std::vector<Judged> judged;
    for (const auto& [key, value] : std::exchange(unread_, {})) {
      judged.push_back(given.Land(key, value));
    }
    writer.OnJudged(judged, given.position(), now);
  }
  void Report(const Outgoing& entry, Delivery outcome, Offset offset = Offset{-1}) {
    writer.OnReports({{entry.token, outcome, offset, "as the test has it"}}, now);
  }
  void LandAndReport(const std::vector<Outgoing>& entries) {
    for (const Outgoing& entry : entries) Report(entry, Delivery::kStored, Land(entry));
  }
  bool AnswerEnd() {
    if (!query_) return false;
    writer.OnEnd(query_->first, query_->second);
    query_.reset();
    return true;
  }
  void Pass(std::chrono::milliseconds time) { now += time; }

  // The answer to a command; the test fails if there is not exactly one.
  Answer AnswerTo(size_t number) const {
    EXPECT_EQ(answers[number].size(), 1u);
    return answers[number].empty() ? Answer{} : answers[number].front();
  }
  ErrorCode CodeOf(size_t number) const {
    const Answer answer = AnswerTo(number);
    EXPECT_TRUE(answer.error);
    return answer.error ? answer.error->code : ErrorCode::kInternal;
  }
  static Record RecordOf(const Outgoing& entry) { return DecodeOpened(entry.value); }

  Given given;
  Instant now{std::chrono::hours(1)};
  std::vector<std::vector<Answer>> answers;
  std::vector<Outgoing> handed;  // all entries that were ever handed over
  Writer writer;

 private:
  Offset End() const {
    return Offset{static_cast<int64_t>(given.entries().size() + unread_.size())};
  }

  std::vector<std::pair<std::string, std::string>> unread_;
  std::optional<std::pair<uint64_t, Offset>> query_;
};

inline std::string NumberedEmail(int number) { return "e" + std::to_string(number) + "@x.org"; }

inline ContactId IdOf(const Answer& answer) {
  const auto* created = std::get_if<ContactCreated>(&answer.event);
  return created ? created->id : ContactId{0};
}

inline std::vector<Outgoing> AskMany(DrivenWriter& driven, int count) {
  for (int i = 1; i <= count; ++i) driven.Ask(By(Contact(NumberedEmail(i))));
  return driven.Advance();
}

}  // namespace contacts::testing
