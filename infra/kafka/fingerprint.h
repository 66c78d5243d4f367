// An entry that was read, so that it can be told from another in its place.
#pragma once

#include <optional>
#include <string>

#include "events/event_log.h"
#include "events/values/hash.h"
#include "infra/kafka/handles.h"
#include "infra/kafka/topic.h"

namespace contacts::kafka {

struct Fingerprint {
  Offset offset{-1};
  Hash hash;
  Timestamp appended;
};

// How far a handle has read its partition.
struct Place {
  int64_t end = 0;                    // the partition does not end before this offset
  std::optional<Fingerprint> newest;  // the newest entry that was handed out
  std::optional<Fingerprint>
      anchor;  // of a compacted topic: the newest of the key $log, which stays
};

// Words for the operator: what to do about a topic that is not the one that was read.
const char* WhatToDo(const TopicOptions& topic);

Fingerprint FingerprintOf(const LogEntry& entry);
bool Matches(const rd_kafka_message_t& message, const Fingerprint& fingerprint);
// The messages of faults: the entry there is another one …
std::string NotAsItWasRead(const TopicOptions& topic, int partition,
                           const Fingerprint& fingerprint);
// … and the first entry of a partition is not at 0. nullopt: nobody knows where.
std::string NotFromTheBeginning(const TopicOptions& topic, int partition,
                                std::optional<int64_t> begins);

}  // namespace contacts::kafka
