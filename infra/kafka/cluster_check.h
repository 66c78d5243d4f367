// Looks at the cluster and its two topics for `contacts check` and for a start, and changes nothing
// there.
#pragma once

#include <chrono>

#include "infra/base/finding.h"
#include "infra/kafka/settings.h"
#include "infra/kafka/topic.h"

namespace contacts::kafka {

struct ClusterLook {
  Settings settings;
  TopicOptions events;   // those of the log
  TopicOptions secrets;  // those of the store of password hashes
  enum class Rights {
    kLook,   // also whether the topics can be read and written, and the brokers' clock
    kLeave,  // opening the log shows it
  };
  Rights rights = Rights::kLook;
  std::chrono::milliseconds time{4000};  // in all, with the look-up of names
};

// Each finding has the part "kafka". Throws nothing.
Findings LookAtCluster(const ClusterLook& look);

}  // namespace contacts::kafka
