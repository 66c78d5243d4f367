#include "infra/kafka/log_watch.h"

#include <algorithm>

#include "events/opening.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWatchAnswer{2000};
// A broker that hangs keeps its connections, so only a missing answer shows it. Readiness must
// report it within 5 s; a broker that is only slow answers metadata sooner.
constexpr std::chrono::milliseconds kReachableWithin{2500};
// Several questions about one partition, or about the topic, each wait for an answer.
constexpr Heartbeat::Time kLongestQuestions{30'000};
// A broker that has just started may not know a topic yet.
constexpr int kMissesThatCount = 4;
constexpr std::chrono::milliseconds kSoon{500};
// Asking whether the topic exists costs one request, so the watch asks more often than it looks.
constexpr std::chrono::milliseconds kAskEvery{500};
constexpr std::chrono::milliseconds kSoonAtLast{2000};

Settings Small(Settings settings) {
  settings["queued.min.messages"] = "1";
  settings["fetch.wait.max.ms"] = "100";
  return settings;
}

// Reads the topic's partition until it goes out of scope.
class Reading {
 public:
  Reading(rd_kafka_topic_t* topic, int partition, int64_t offset)
      : topic_(topic), partition_(partition) {
    started_ = rd_kafka_consume_start(topic, partition, offset) == 0;
  }
  ~Reading() {
    if (started_) rd_kafka_consume_stop(topic_, partition_);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  Message Next() {
    if (!started_) return nullptr;
    return Message(rd_kafka_consume(topic_, partition_, static_cast<int>(kWatchAnswer.count())));
  }

 private:
  rd_kafka_topic_t* const topic_;
  const int partition_;
  bool started_;
};

}  // namespace

LogWatch::LogWatch(const Settings& settings, rd_kafka_t* asker, TopicOptions topic,
                   std::string log_id, int partitions, std::chrono::milliseconds interval,
                   Hooks hooks)
    : options_(std::move(topic)),
      log_id_(std::move(log_id)),
      partitions_(partitions),
      interval_(interval),
      hooks_(std::move(hooks)),
      asker_(asker),
      reader_(MakeConsumer(Small(settings))),
      handle_(rd_kafka_topic_new(reader_.get(), topic_.c_str(), nullptr)),
      soon_(std::min(kSoon, interval), std::min(kSoonAtLast, interval)),
      least_(soon_.Next()),
      looked_at_(Clock::now()),
      asked_at_(looked_at_),
      thread_([this] { Run(); }) {}

LogWatch::~LogWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;  // also for a look under way
  }
  changed_.notify_one();
  thread_.join();
}

void LogWatch::Join(int partition, const std::shared_ptr<Inbox>& inbox) {
  const std::lock_guard lock(mutex_);
  std::erase_if(readers_, [](const Reader& reader) { return reader.inbox.expired(); });
  readers_.push_back({partition, inbox});
}

void LogWatch::Hasten() {
  {
    const std::lock_guard lock(mutex_);
    hastened_ = true;
  }
  changed_.notify_one();
}

void LogWatch::Run() {
  Heartbeat heart("kafka watch");
  std::unique_lock lock(mutex_);
  while (WaitForLook(heart, lock)) {
    const bool hastened = std::exchange(hastened_, false);
    const std::vector<Reader> readers = readers_;
    lock.unlock();
    Look(heart, readers);
    lock.lock();
    looked_at_ = asked_at_ = Clock::now();
    if (!hastened && reachable_ && !doubtful_ && missed_ == 0) soon_.Reset();
    least_ = soon_.Next();
  }
}

// False: the watch must end.
bool LogWatch::WaitForLook(Heartbeat& heart, std::unique_lock<std::mutex>& lock) {
  for (;;) {
    if (ending_) return false;
    const bool soon = hastened_ || missed_ > 0 || doubtful_ || !reachable_;
    const auto at = looked_at_ + (soon ? least_ : interval_);
    if (Clock::now() >= at) return true;
    const auto ask_at = soon ? at : asked_at_ + kAskEvery;
    if (Clock::now() >= ask_at) {
      lock.unlock();
      AskBetweenLooks(heart);
      lock.lock();
      asked_at_ = Clock::now();
      if (missed_ > 0) looked_at_ = asked_at_;  // the next miss counts a while after this one
      continue;
    }
    heart.Beat();
    changed_.wait_until(lock, std::min({at, ask_at, Clock::now() + Heartbeat::kWaitAtMost}));
  }
}

void LogWatch::AskBetweenLooks(Heartbeat& heart) {
  const Heartbeat::Task asking(heart, "asking for the topic", kLongestQuestions);
  NoteWhenMissing();
}

void LogWatch::NoteWhenMissing() {
  if (Ask().found == TopicState::Found::kNo) missed_ = std::max(missed_.load(), 1);
}

void LogWatch::Look(Heartbeat& heart, const std::vector<Reader>& readers) {
  std::string topic_fault;
  {
    const Heartbeat::Task asking(heart, "asking about the topic", kLongestQuestions);
    topic_fault = FaultOfTopic();
  }
  if (reachable_ && missed_ == 0) hooks_.each_time();
  doubt_ = false;
  for (const Reader& reader : readers) {
    // The cluster is gone: each further reader would only wait as long again.
    if (ending_ || !reachable_) return;
    const Heartbeat::Task looking(heart, "looking at a partition", kLongestQuestions);
    LookAt(reader, topic_fault);
  }
  doubtful_ = doubt_;
}

void LogWatch::LookAt(const Reader& reader, const std::string& topic_fault) {
  const auto inbox = reader.inbox.lock();
  if (!inbox) return;
  std::string fault = topic_fault;
  if (fault.empty() && missed_ == 0) fault = FaultOfPlace(reader.partition, inbox->place());
  if (fault.empty()) return inbox->Wake();  // a handle that lost its place tries again
  {
    const std::lock_guard lock(mutex_);
    if (fault_.empty()) fault_ = fault;
  }
  inbox->Fail(fault);
}

std::string LogWatch::fault() {
  const std::lock_guard lock(mutex_);
  return fault_.empty() ? settings_fault_ : fault_;
}

TopicState LogWatch::Ask() {
  TopicState state = AskTopic(asker_, topic_, kReachableWithin);
  reachable_ = state.found == TopicState::Found::kYes || state.found == TopicState::Found::kNo;
  return state;
}

std::string LogWatch::FaultOfTopic() {
  const TopicState state = Ask();
  if (!reachable_) return "";  // this heals without an operator
  missed_ = state.found == TopicState::Found::kNo ? missed_.load() + 1 : 0;
  if (missed_ >= kMissesThatCount) {
    return "the topic " + topic_ + " is gone from the cluster: it was deleted. " +
           (options_.compacted ? WhatToDo(options_)
                               : "Restore it from a backup of the brokers, or remove the read "
                                 "models and start again with a new history");
  }
  if (missed_ > 0) return "";
  if (state.partitions != partitions_) {
    const std::string changed = "the topic " + topic_ + " has " + std::to_string(state.partitions) +
                                " partitions now, not " + std::to_string(partitions_) + ": ";
    if (options_.compacted) return changed + "it must have one. " + WhatToDo(options_);
    return changed +
           "a tenant's records would be spread over two of them. Partitions of this topic must "
           "never be added; move the history to a new topic that has as many as it had";
  }
  const Result<std::string> fault = FaultOfSettings(asker_, options_, state.replicas);
  if (!fault.ok()) {
    Ask();
    return "";  // a broker that does not answer now answers later
  }
  // Wrong settings may have cost events without a trace, so the fault stays. In a compacted
  // topic, its first entry and the entries read before show what it has lost.
  if (!options_.compacted) return *fault;
  const std::lock_guard lock(mutex_);
  settings_fault_ = *fault;
  return "";
}

// Compaction keeps offsets but removes the first entry, since a later one has the same key.
std::string LogWatch::FaultOfBeginning(int partition) {
  const Message read = Read(partition, 0);
  if (!read) return "";
  if (read->offset != 0) return NotFromTheBeginning(options_, partition, read->offset);
  // A handle may have read on in the other topic, and then its newest entry is found where it was
  // read.
  const auto opening = DecodeOpening(KeyOf(*read), ValueOf(*read));
  if (!opening || opening->partition != partition || opening->log_id == log_id_) return "";
  return "partition " + std::to_string(partition) + " of " + topic_ + " belongs to the log " +
         opening->log_id + " now, not to " + log_id_ + ": the topic was made anew. " +
         WhatToDo(options_);
}

std::string LogWatch::FaultOfPlace(int partition, const Place& place) {
  if (place.end == 0) return "";
  const auto ask = [&](EdgeOf edge) -> std::optional<int64_t> {
    const auto found = AskOffsets(asker_, topic_, {partition}, edge, kWatchAnswer);
    return found.empty() ? std::nullopt : std::optional(found.begin()->second);
  };
  const auto begins = ask(EdgeOf::kBeginning);
  const auto ends = begins ? ask(EdgeOf::kEnd) : std::nullopt;
  if (!ends) {
    Ask();  // finds out whether only this partition's leader is gone, or all of the cluster
    return "";
  }
  if (*begins > 0) return NotFromTheBeginning(options_, partition, *begins);
  if (*ends < place.end) return FaultOfEnd(partition, place, *ends);
  return FaultOfEntries(partition, place);
}

std::string LogWatch::FaultOfEnd(int partition, const Place& place, int64_t ends) {
  const auto stored = hooks_.append(partition);
  if (!stored) doubt_ = doubtful_ = true;  // reported before the other partitions are looked at
  if (!stored || stored->value >= place.end) return "";
  return "partition " + std::to_string(partition) + " of " + topic_ + " ends at " +
         std::to_string(ends) +
         ", before what was read of it: it was cut, restored or made anew. " + WhatToDo(options_);
}

std::string LogWatch::FaultOfEntries(int partition, const Place& place) {
  // After compaction removed the entry, reading at its offset returns a later one.
  const auto fault_of = [&](const std::optional<Fingerprint>& fingerprint,
                            bool may_be_gone) -> std::string {
    const bool reads = fingerprint && missed_ == 0;
    const Message read = reads ? Read(partition, fingerprint->offset.value) : nullptr;
    if (!read || Matches(*read, *fingerprint)) return "";
    const bool gone = read->offset > fingerprint->offset.value;
    return gone && may_be_gone ? "" : NotAsItWasRead(options_, partition, *fingerprint);
  };
  std::string fault = fault_of(place.newest, options_.compacted);
  if (fault.empty()) fault = fault_of(place.anchor, false);
  if (!fault.empty() || options_.compacted || !place.newest || missed_ > 0) return fault;
  return FaultOfBeginning(partition);
}

// nullptr: nothing can be read there now.
Message LogWatch::Read(int partition, int64_t offset) {
  Message read = Reading(handle_.get(), partition, offset).Next();
  if (read && read->err != RD_KAFKA_RESP_ERR_NO_ERROR) read.reset();
  if (!read) NoteWhenMissing();  // then the next reads, which would time out as well, are left out
  return read;
}

}  // namespace contacts::kafka
