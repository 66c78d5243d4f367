// Asks where partitions end, for all handles of a log. librdkafka 2.0.2 offers only a blocking
// call, and a broker answers the requests of one connection one after another: on a reader's
// client a question would wait for that reader's long poll (`fetch.wait.max.ms`) to end.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "events/values/ids.h"
#include "infra/kafka/inbox.h"

namespace contacts::kafka {

// Any thread. All questions to one broker that wait when a call begins go out in that call;
// questions that come later wait for the next call, since an answer must not be older than its
// question. Each broker has its own thread, so a broker that does not answer does not delay
// the partitions of others.
class EndQuestions {
 public:
  // The ends of the partitions that answered in time. It may block. A partition that
  // fails may make the call fail for the others.
  using AskEnds = std::function<std::map<int, Offset>(const std::set<int>& partitions)>;
  // The broker id of each partition's leader, by partition; empty: not known. It may block.
  using AskLeaders = std::function<std::vector<int>()>;

  // Asks for the leaders once, before it returns. `alone`: the longest time for the questions that
  // failed before, which are then asked one by one; at least one of them is asked each time.
  EndQuestions(AskEnds ask_ends, AskLeaders ask_leaders,
               std::chrono::milliseconds alone = std::chrono::milliseconds(1000));
  // Waits for calls in flight.
  ~EndQuestions();
  EndQuestions(const EndQuestions&) = delete;
  EndQuestions& operator=(const EndQuestions&) = delete;

  // The answer goes to the inbox, unless its owner has dropped it. A question without an answer, or
  // with an answer before what the inbox has read, is asked again after a pause that grows. Only
  // the newest query of an inbox counts.
  void Ask(int partition, uint64_t query, const std::shared_ptr<Inbox>& inbox);

 private:
  struct Question {
    int partition;
    uint64_t query;
    std::weak_ptr<Inbox> inbox;
    bool failed = false;
  };
  struct Desk;  // the questions to one broker
  void Put(Question question);
  void Serve(Desk& desk);
  std::vector<Question> Answer(std::vector<Question> questions);

  const AskEnds ask_ends_;
  const AskLeaders ask_leaders_;
  const std::chrono::milliseconds alone_;
  std::mutex mutex_;
  std::vector<int> leaders_;
  std::map<int, std::unique_ptr<Desk>> desks_;  // by broker
  std::atomic<bool> ending_{false};
};

}  // namespace contacts::kafka
