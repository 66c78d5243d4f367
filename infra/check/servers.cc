#include <algorithm>

#include "infra/base/text_file.h"
#include "infra/check/parts.h"
#include "infra/identity/redis_sessions.h"
#include "infra/kafka/cluster_check.h"
#include "infra/kafka/settings.h"
#include "infra/node/backends.h"
#include "infra/node/open_sessions.h"
#include "infra/redis/redis_opening.h"

namespace contacts::check {
namespace {

using Weight = Finding::Weight;

constexpr std::chrono::milliseconds kForKafka{4000};
constexpr std::chrono::milliseconds kForKafkaAtAStart{2000};

// Names each refused command with Redis's answer.
std::string WhyRefused(const std::vector<RedisCommand>& commands,
                       const std::vector<RedisReply>& replies) {
  std::string refused;
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].kind != RedisReply::Kind::kError) continue;
    refused +=
        (refused.empty() ? "" : "; ") + commands[i][0] + " is answered with " + replies[i].text;
  }
  return refused;
}

// `what` is empty when nothing is wrong.
Finding AskAsRequestsDo(const Config& config, const TlsContext& tls) {
  Finding finding{"sessions", Weight::kPassing, "", ""};
  const auto found = [&](const std::string& what, std::string todo) {
    finding.what = "Redis at " + Shown(*config.redis) + ": " + what;
    finding.todo = std::move(todo);
    return finding;
  };
  const auto until = RedisWire::Clock::now() + config.redis_timeout;
  auto wire = OpenRedis(*config.redis, tls, until);
  if (!wire.ok()) {
    const std::string& why = wire.error().message;
    const bool refused = why.find("is answered with") != std::string::npos;
    return found(why, refused ? "Correct user, password and database in --sessions, or the user's "
                                "rights in Redis."
                              : "Start it, or correct host, port and TLS in --sessions.");
  }
  const std::vector<RedisCommand> commands = SessionProbe(config.session_prefix);
  const auto replies = AskRedis(commands, wire->get(), until);
  const std::string why = replies.ok() ? WhyRefused(commands, *replies) : replies.error().message;
  if (why.empty()) return finding;
  return found(why, "Give the user GET, SET, PTTL, EXPIRE and DEL on the keys " +
                        config.session_prefix + "*, on a server that takes writes.");
}

Findings LookAtKafkaFile(const std::string& path, kafka::Settings* settings) {
  Findings findings;
  const auto add = [&](Weight weight, const std::string& what, const char* todo) {
    findings.push_back({"kafka", weight, what, todo});
  };
  const auto text = ReadTextFile(path);
  if (!text.ok()) {
    add(Weight::kFault, text.error().message, "Name a file of librdkafka's keys.");
    return findings;
  }
  kafka::ParsedSettings parsed = kafka::ParseAll(*text);
  const auto placed = [&](const kafka::ParsedSettings::Fault& fault) {
    return path + (fault.line > 0 ? ":" + std::to_string(fault.line) : "") + ": " + fault.what;
  };
  for (const auto& fault : parsed.faults) add(Weight::kFault, placed(fault), "Correct the file.");
  for (const auto& twice : parsed.doubles) {
    add(Weight::kWarning, placed(twice), "The last one counts: remove the others.");
  }
  *settings = std::move(parsed.settings);
  return findings;
}

}  // namespace

Findings LookAtSessions(const Subject& subject) {
  const Config& config = subject.config;
  Findings findings;
  const auto add = [&](Weight weight, std::string what, std::string todo) {
    findings.push_back({"sessions", weight, std::move(what), std::move(todo)});
  };
  if (subject.asked_for == Subject::For::kPeople) {
    for (const std::string& doubt : DoubtsOfSessions(config)) add(Weight::kWarning, doubt, "");
  }
  if (!config.redis) return findings;
  TlsContext tls;
  if (config.redis->tls) {
    if (MustLeaveToStart(subject, config.redis_ca_file)) return findings;
    auto opened = TlsContext::Open(config.redis_ca_file);
    if (!opened.ok()) {
      add(Weight::kFault, opened.error().message,
          "Name a file of certificates with --redis-ca-file.");
      return findings;
    }
    tls = *std::move(opened);
  }
  findings.push_back(AskAsRequestsDo(config, tls));
  if (findings.back().what.empty()) findings.pop_back();
  return findings;
}

Findings LookAtKafka(const Subject& subject) {
  const Config& config = subject.config;
  if (config.log != Config::Log::kKafka || config.kafka_config.empty()) return {};
  if (MustLeaveToStart(subject, config.kafka_config)) return {};
  kafka::ClusterLook look;
  Findings findings = LookAtKafkaFile(config.kafka_config, &look.settings);
  const bool wrong = std::any_of(findings.begin(), findings.end(),
                                 [](const Finding& finding) { return finding.is_fault(); });
  if (wrong) return findings;
  look.settings.emplace("log_level", "0");  // the findings say it better
  look.events = EventsTopicOf(config);
  look.secrets = SecretsTopicOf(config);
  if (subject.asked_for == Subject::For::kStart) {
    look.rights = kafka::ClusterLook::Rights::kLeave;
    look.time = kForKafkaAtAStart;
  } else {
    look.time = kForKafka;
  }
  const Findings of_cluster = kafka::LookAtCluster(look);
  findings.insert(findings.end(), of_cluster.begin(), of_cluster.end());
  return findings;
}

}  // namespace contacts::check
