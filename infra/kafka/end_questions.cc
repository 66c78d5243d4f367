#include "infra/kafka/end_questions.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "infra/base/growing_pause.h"
#include "infra/base/heartbeat.h"

namespace contacts::kafka {
namespace {

constexpr int kNoLeader = -1;
// The thread waits for brokers that do not answer, one partition after another; the watch reports
// them.
constexpr Heartbeat::Time kLongestAsking{120'000};
constexpr std::chrono::milliseconds kFirstPause{20};
constexpr std::chrono::milliseconds kLongestPause{1000};

bool IsSame(const std::weak_ptr<Inbox>& one, const std::weak_ptr<Inbox>& other) {
  return !one.owner_before(other) && !other.owner_before(one);
}

}  // namespace

struct EndQuestions::Desk {
  std::vector<Question> waiting;
  std::condition_variable asked;
  std::thread thread;
};

EndQuestions::EndQuestions(AskEnds ask_ends, AskLeaders ask_leaders,
                           std::chrono::milliseconds alone)
    : ask_ends_(std::move(ask_ends)),
      ask_leaders_(std::move(ask_leaders)),
      alone_(alone),
      leaders_(ask_leaders_()) {}

EndQuestions::~EndQuestions() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  for (const auto& [broker, desk] : desks_) {
    desk->asked.notify_one();
    desk->thread.join();
  }
}

void EndQuestions::Ask(int partition, uint64_t query, const std::shared_ptr<Inbox>& inbox) {
  const std::lock_guard lock(mutex_);
  Put({partition, query, inbox});
}

// With the lock.
void EndQuestions::Put(Question question) {
  if (ending_) return;
  const auto index = static_cast<size_t>(question.partition);
  const int broker = index < leaders_.size() ? leaders_[index] : kNoLeader;
  std::unique_ptr<Desk>& desk = desks_[broker];
  if (!desk) {
    desk = std::make_unique<Desk>();
    desk->thread = std::thread([this, &to = *desk] { Serve(to); });
  }
  for (Question& other : desk->waiting) {
    if (!IsSame(other.inbox, question.inbox)) continue;
    other.query = std::max(other.query, question.query);
    other.failed = other.failed || question.failed;
    return;
  }
  desk->waiting.push_back(std::move(question));
  desk->asked.notify_one();
}

void EndQuestions::Serve(Desk& desk) {
  Heartbeat heart("kafka ends");
  GrowingPause pause(kFirstPause, kLongestPause);
  std::unique_lock lock(mutex_);
  for (;;) {
    heart.Wait(desk.asked, lock, [&] { return ending_ || !desk.waiting.empty(); });
    if (ending_) return;
    std::vector<Question> questions = std::exchange(desk.waiting, {});
    lock.unlock();
    const Heartbeat::Task asking(heart, "asking the brokers", kLongestAsking);
    questions = Answer(std::move(questions));
    std::vector<int> leaders;
    if (!questions.empty()) leaders = ask_leaders_();
    lock.lock();
    if (!leaders.empty()) leaders_ = std::move(leaders);
    if (questions.empty()) {
      pause.Reset();
      continue;
    }
    // Another broker may lead the partition now.
    for (Question& question : questions) Put(std::move(question));
    desk.asked.wait_for(lock, pause.Next(), [this] { return ending_.load(); });
  }
}

// Returns the questions that have no answer yet. A question that failed is asked alone, so that a
// partition that always fails does not make others fail. Each call may take the whole time-out of a
// broker, and new questions wait meanwhile: so the round ends after `alone_`, and the questions
// that it did not reach come first in the next one.
std::vector<EndQuestions::Question> EndQuestions::Answer(std::vector<Question> questions) {
  std::set<int> together;
  std::vector<int> alone;  // the question that waits longest comes first
  for (const Question& question : questions) {
    if (!question.failed) {
      together.insert(question.partition);
    } else if (std::find(alone.begin(), alone.end(), question.partition) == alone.end()) {
      alone.push_back(question.partition);
    }
  }
  const auto hand_out = [&](const std::map<int, Offset>& ends) {
    std::erase_if(questions, [&](const Question& question) {
      const auto inbox = question.inbox.lock();
      if (!inbox) return true;
      const auto end = ends.find(question.partition);
      if (end == ends.end()) return false;
      return inbox->AnswerEnd(question.query, end->second);
    });
  };
  if (!together.empty()) hand_out(ask_ends_(together));
  std::set<int> asked;
  const auto until = std::chrono::steady_clock::now() + alone_;
  for (const int partition : alone) {
    if (ending_) return questions;
    if (!asked.empty() && std::chrono::steady_clock::now() >= until) break;
    asked.insert(partition);
    hand_out(ask_ends_({partition}));
  }
  std::stable_partition(questions.begin(), questions.end(), [&](const Question& question) {
    return question.failed && !asked.contains(question.partition);
  });
  for (Question& question : questions) question.failed = true;
  return questions;
}

}  // namespace contacts::kafka
