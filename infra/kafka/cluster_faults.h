// Why a cluster cannot be used, from what librdkafka says while it tries: for a start and for
// `contacts check`.
#pragma once

#include <chrono>
#include <string>

#include "events/values/result.h"
#include "infra/kafka/client.h"
#include "infra/kafka/settings.h"

namespace contacts::kafka {

// Writes librdkafka's newest errors into the complaints that `client` was made with (MakeConsumer).
void TakeComplaints(rd_kafka_t* client);

// A fault that does not heal by waiting (user, password, mechanism, TLS), and what to do. Empty:
// librdkafka named none.
std::string WhyNotLetIn(const Complaints& complaints, const Settings& settings);

// A broker that starts may be known to its cluster before its name resolves everywhere. This is how
// long a name is waited for.
inline constexpr std::chrono::milliseconds kUnresolvedFor{4000};

// A broker gives itself a name that this machine cannot resolve. Empty: all names resolved.
std::string WhyNotResolved(const Complaints& complaints);

// Asks the leaders of all partitions until each has answered. A cluster may answer at
// bootstrap.servers and give addresses of its leaders that cannot be reached: the error says
// which, and comes before `until` when a name does not resolve for some seconds.
Result<bool> ReachLeaders(rd_kafka_t* client, const Complaints& complaints,
                          const std::string& topic, int partitions,
                          std::chrono::steady_clock::time_point until);

}  // namespace contacts::kafka
