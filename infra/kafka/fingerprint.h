// Fingerprint of an entry that was read (offset, SHA-256, append time), to detect another in its
// place.
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
  // Only in a compacted topic: the newest entry of the key $log, which compaction keeps.
  std::optional<Fingerprint> anchor;
};

// Tells the operator what to do about a topic that is not the one that was read.
const char* WhatToDo(const TopicOptions& topic);

Fingerprint FingerprintOf(const LogEntry& entry);
bool Matches(const rd_kafka_message_t& message, const Fingerprint& fingerprint);
// The fault's message when another entry is in the place of the one that was read.
std::string NotAsItWasRead(const TopicOptions& topic, int partition,
                           const Fingerprint& fingerprint);
// The fault's message when the first entry of a partition is not at 0; nullopt: its offset is not
// known.
std::string NotFromTheBeginning(const TopicOptions& topic, int partition,
                                std::optional<int64_t> begins);

}  // namespace contacts::kafka
