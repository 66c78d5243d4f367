#include "infra/kafka/cluster_check.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "infra/base/connect.h"
#include "infra/base/system_clock.h"
#include "infra/kafka/client.h"
#include "infra/kafka/cluster_faults.h"
#include "infra/kafka/outcome.h"
#include "infra/kafka/topic_probe.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Weight = Finding::Weight;

constexpr milliseconds kSlice{500};
constexpr milliseconds kToConnect{1500};
// With less time left, a slow but healthy cluster would seem not to answer.
constexpr milliseconds kLeastToAnswer{200};
constexpr uint16_t kUsualPort = 9092;
constexpr int64_t kClocksDiffer = 2000;  // milliseconds

constexpr const char* kAreTheyUp =
    "Are the brokers of bootstrap.servers up, and is security.protocol the one of their listener?";
constexpr const char* kAdvertise =
    "Set advertised.listeners of the brokers to names and ports that this machine reaches.";

// "PLAINTEXT://host:port,[::1]:9093"
std::vector<HostPort> ServersIn(const std::string& list) {
  std::vector<HostPort> servers;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    std::string one = list.substr(begin, end - begin);
    begin = end + 1;
    one.erase(0, one.find_first_not_of(" \t"));
    if (const size_t scheme = one.find("://"); scheme != std::string::npos) {
      one.erase(0, scheme + 3);
    }
    if (one.empty()) continue;
    HostPort server{one, kUsualPort};
    const size_t colon = one.rfind(':');
    const bool bare_v6 = one[0] != '[' && one.find(':') != colon;
    if (colon != std::string::npos && !bare_v6 && one.find(']', colon) == std::string::npos) {
      server.host = one.substr(0, colon);
      server.port = static_cast<uint16_t>(std::strtol(one.c_str() + colon + 1, nullptr, 10));
    }
    if (server.host.starts_with('[') && server.host.ends_with(']')) {
      server.host = server.host.substr(1, server.host.size() - 2);
    }
    servers.push_back(std::move(server));
  }
  return servers;
}

class ClusterLooking {
 public:
  explicit ClusterLooking(const ClusterLook& look)
      : look_(look), until_(Clock::now() + look.time) {}

  Findings Run() {
    try {
      if (IsAnyUp() && Answers() && AdvertisesWhatIsReached()) {
        LookAt(look_.events);
        LookAt(look_.secrets);
      }
    } catch (const std::runtime_error& failure) {
      Add(Weight::kFault, failure.what(), "Correct the file of --kafka-config.");
    }
    return std::move(findings_);
  }

 private:
  void Add(Weight weight, std::string what, std::string todo) {
    findings_.push_back({"kafka", weight, std::move(what), std::move(todo)});
  }
  milliseconds Left() const {
    const auto left = std::chrono::duration_cast<milliseconds>(until_ - Clock::now());
    return std::max(left, milliseconds(1));
  }
  Clock::time_point Soon() const { return std::min(until_, Clock::now() + kToConnect); }

  // False: no time is left, which becomes a finding.
  bool HasTimeFor(const std::string& what) {
    if (Left() >= kLeastToAnswer) return true;
    Add(Weight::kNote, "no time was left to look at " + what,
        "The cluster answers slowly: look again.");
    return false;
  }

  bool IsAnyUp() {
    auto list = look_.settings.find("bootstrap.servers");
    if (list == look_.settings.end()) list = look_.settings.find("metadata.broker.list");
    if (list == look_.settings.end()) return true;
    const std::vector<HostPort> servers = ServersIn(list->second);
    const std::vector<Reached> reached = TryToReach(servers, Soon());
    const auto is_up = [](const Reached& one) { return one.state == Reached::State::kYes; };
    const bool any = std::any_of(reached.begin(), reached.end(), is_up);
    for (size_t i = 0; i < servers.size(); ++i) {
      if (is_up(reached[i])) continue;
      Add(any ? Weight::kWarning : Weight::kPassing,
          "the broker " + Shown(servers[i]) +
              " of bootstrap.servers cannot be reached: " + reached[i].why,
          any ? "Start it, or remove it from bootstrap.servers." : kAreTheyUp);
    }
    return any;
  }

  bool Answers() {
    client_ = MakeConsumer(look_.settings, &complaints_);
    const rd_kafka_metadata_t* found = nullptr;
    while (true) {
      const auto asked = rd_kafka_metadata(client_.get(), 0, nullptr, &found,
                                           static_cast<int>(std::min(Left(), kSlice).count()));
      const Metadata metadata(found);
      if (asked == RD_KAFKA_RESP_ERR_NO_ERROR) {
        for (int i = 0; i < metadata->broker_cnt; ++i) {
          const rd_kafka_metadata_broker_t& broker = metadata->brokers[i];
          brokers_.push_back({broker.host, static_cast<uint16_t>(broker.port)});
        }
        return true;
      }
      found = nullptr;
      rd_kafka_poll(client_.get(), 0);  // writes complaints_
      if (const std::string why = WhyNotLetIn(complaints_, look_.settings); !why.empty()) {
        Add(Weight::kFault, why, "");
        return false;
      }
      if (Clock::now() < until_) continue;
      const std::string& newest = complaints_.newest;
      Add(Weight::kPassing,
          "the brokers do not answer: " + (newest.empty() ? rd_kafka_err2str(asked) : newest),
          kAreTheyUp);
      return false;
    }
  }

  // A broker's metadata name the address of each broker of the cluster; the topics are asked for
  // at those addresses.
  bool AdvertisesWhatIsReached() {
    const std::vector<Reached> reached = TryToReach(brokers_, Soon());
    const auto unknown =
        static_cast<size_t>(std::count_if(reached.begin(), reached.end(), [](const Reached& one) {
          return one.state == Reached::State::kNoSuchName;
        }));
    bool any = false;
    for (size_t i = 0; i < brokers_.size(); ++i) {
      any = any || reached[i].state == Reached::State::kYes;
      if (reached[i].state == Reached::State::kYes) continue;
      // The name of a broker that restarts may be gone for a while.
      Add(unknown == brokers_.size() ? Weight::kFault : Weight::kPassing,
          "the brokers advertise " + Shown(brokers_[i]) +
              ", which this machine cannot reach: " + reached[i].why,
          kAdvertise);
    }
    return any;
  }

  void LookAt(const TopicOptions& topic) {
    if (!HasTimeFor("the topic " + topic.name)) return;
    const TopicState state = AskTopic(client_.get(), topic.name, Left());
    switch (state.found) {
      case TopicState::Found::kDenied:
        return Add(Weight::kFault, NoRightsFor(topic.name), "");
      case TopicState::Found::kUnknown:
        return Add(Weight::kPassing,
                   "the topic " + topic.name + " cannot be asked for: " + state.error, kAreTheyUp);
      case TopicState::Found::kNo:
        return Add(Weight::kNote, "there is no topic " + topic.name + " yet",
                   "The first start makes it, if it may: grant CREATE.");
      case TopicState::Found::kYes:
        break;
    }
    if (!state.led) {
      Add(Weight::kPassing, "partitions of the topic " + topic.name + " have no leader",
          "Start the brokers that hold them.");
    }
    if (topic.compacted && state.partitions != 1) {
      Add(Weight::kFault,
          "the topic " + topic.name + " has " + std::to_string(state.partitions) +
              " partitions, and must have one",
          "Bring it back from a backup.");
    }
    if (!HasTimeFor("the settings of the topic " + topic.name)) return;
    auto config = ReadTopicConfig(client_.get(), topic.name, Left() / 2);
    if (!config.ok()) return Add(Weight::kPassing, config.error().message, "");
    for (const std::string& fault : FaultsOfConfig(*config, topic, state.replicas)) {
      const size_t todo = fault.rfind(". Set ");
      Add(Weight::kFault, fault.substr(0, todo),
          todo == std::string::npos ? "" : fault.substr(todo + 2) + ".");
    }
    if (look_.rights == ClusterLook::Rights::kLook && state.led &&
        HasTimeFor("the rights on the topic " + topic.name)) {
      LookAtRights(topic.name, std::strtoll((*config)["max.message.bytes"].c_str(), nullptr, 10));
    }
  }

  void LookAtRights(const std::string& topic, int64_t largest) {
    const ReadProbe read = ProbeReading(look_.settings, topic, Left());
    if (read.denied) {
      Add(Weight::kFault, "no right to read the topic " + topic, "Grant READ on it.");
    }
    const int64_t ahead = read.newest - SystemTime().milliseconds;
    if (ahead > kClocksDiffer) {
      Add(Weight::kFault,
          "the brokers' time of the newest entry of " + topic +
              " is ahead of this machine's clock by " + std::to_string(ahead) + " ms",
          "Set both clocks right (NTP).");
    }
    const std::string why = WhyNotWritten(look_.settings, topic, largest, Left());
    if (!why.empty()) Add(Weight::kFault, why, "");
  }

  const ClusterLook& look_;
  const Clock::time_point until_;
  Complaints complaints_;
  Client client_;
  std::vector<HostPort> brokers_;
  Findings findings_;
};

}  // namespace

Findings LookAtCluster(const ClusterLook& look) { return ClusterLooking(look).Run(); }

}  // namespace contacts::kafka
