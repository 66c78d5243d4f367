#include "infra/kafka/cluster_faults.h"

#include <set>
#include <thread>

#include "infra/base/growing_pause.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLeadersAnswer{1000};
constexpr std::chrono::milliseconds kFirstLeadersPause{50};
constexpr std::chrono::milliseconds kLongestLeadersPause{1000};
// The first version that answers the broker's nonce correctly; brokers from 4.0 on refuse older
// ones.
constexpr int kScramMended = 0x020601ff;

}  // namespace

void TakeComplaints(rd_kafka_t* client) {
  while (rd_kafka_poll(client, 0) > 0) {
  }
}

std::string WhyNotLetIn(const Complaints& complaints, const Settings& settings) {
  if (!complaints.of_secrecy.empty()) {
    return "no TLS connection to the brokers: " + complaints.of_secrecy +
           ". Check ssl.ca.location, which names the authority of their certificates, in the file "
           "of --kafka-config, and that their listener speaks TLS";
  }
  if (complaints.of_login.empty()) return "";
  const auto mechanism = settings.find("sasl.mechanism");
  const bool scram = mechanism != settings.end() && mechanism->second.starts_with("SCRAM");
  std::string why = "the brokers do not accept the login: " + complaints.of_login +
                    ". Check sasl.mechanism, sasl.username and sasl.password in the file of "
                    "--kafka-config";
  if (scram && rd_kafka_version() < kScramMended) {
    why += std::string("; librdkafka ") + rd_kafka_version_str() +
           " cannot log in by SCRAM to Kafka 4.0 or newer, whatever the password: use PLAIN over "
           "TLS or a certificate there, or librdkafka 2.6.1 or newer";
  }
  return why;
}

std::string WhyNotResolved(const Complaints& complaints) {
  if (complaints.of_names.empty()) return "";
  return "the brokers answer, but one gives itself a name that this machine cannot resolve: " +
         complaints.of_names +
         ". Clients go to the addresses of the brokers' advertised.listeners: write names there "
         "that resolve here, or make this one known here (DNS, /etc/hosts)";
}

Result<bool> ReachLeaders(rd_kafka_t* client, const Complaints& complaints,
                          const std::string& topic, int partitions, Clock::time_point until) {
  std::set<int> all;
  for (int partition = 0; partition < partitions; ++partition) all.insert(partition);
  const Clock::time_point begin = Clock::now();
  GrowingPause pause(kFirstLeadersPause, kLongestLeadersPause);
  for (;; std::this_thread::sleep_for(pause.Next())) {
    const auto ends = AskOffsets(client, topic, all, EdgeOf::kEnd, kLeadersAnswer);
    if (ends.size() == all.size()) return true;
    TakeComplaints(client);
    std::string why = WhyNotResolved(complaints);
    const bool hopeless = !why.empty() && Clock::now() - begin > kUnresolvedFor;
    if (!hopeless && Clock::now() < until) continue;
    if (why.empty()) {
      why = "the brokers answer, but leaders of " + topic +
            " do not answer at the addresses that they give themselves (advertised.listeners)";
      if (!complaints.newest.empty()) why += ": " + complaints.newest;
    }
    return Error{ErrorCode::kUnavailable, std::move(why)};
  }
}

}  // namespace contacts::kafka
