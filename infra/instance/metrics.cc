#include "infra/instance/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace contacts {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

double Seconds(std::chrono::nanoseconds took) {
  return std::chrono::duration<double>(took).count();
}

// The number of labels must be bounded, but clients can send any method.
std::string_view KnownMethod(std::string_view method) {
  for (const std::string_view known : {"GET", "POST", "PATCH", "HEAD", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "other";
}

std::string_view OutcomeOf(const Answer& answer) {
  if (!answer.error) {
    return std::holds_alternative<NothingChanged>(answer.event) ? "nothing_changed" : "done";
  }
  switch (answer.error->code) {
    case ErrorCode::kUnknownOutcome:
      return "unknown";
    case ErrorCode::kUnavailable:
    case ErrorCode::kTooManyRequests:
      return "unavailable";
    case ErrorCode::kInternal:
      return "fault";
    default:
      return "refused";
  }
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("contacts_http_requests_total")
                                                          .Help("Answered requests")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& request_seconds =
      prometheus::BuildHistogram()
          .Name("contacts_http_request_seconds")
          .Help("From the whole request to its answer")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& commands = prometheus::BuildCounter()
                                                          .Name("contacts_commands_total")
                                                          .Help("Commands by what became of them")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& command_seconds =
      prometheus::BuildHistogram()
          .Name("contacts_command_seconds")
          .Help("From a command to its answer")
          .Register(registry);

  // Kept because looking a counter up by its labels costs more than many requests do. The names in
  // the keys are constants, except routes: they belong to a server that may end before its metrics.
  using Counted = std::pair<prometheus::Counter*, prometheus::Histogram*>;
  struct AsViews {
    using is_transparent = void;  // looks a key up without a copy of its route
    using Key = std::tuple<std::string_view, std::string_view, int>;
    bool operator()(const Key& a, const Key& b) const { return a < b; }
  };
  Counted FindRequest(std::string_view method, std::string_view route, int status);
  Counted FindCommand(std::string_view command, std::string_view outcome);
  template <class Known, class Key, class Make>
  Counted Find(Known* known, const Key& key, const Make& make);
  std::shared_mutex known_mutex;
  std::map<std::tuple<std::string_view, std::string, int>, Counted, AsViews> known_requests;
  std::map<std::pair<std::string_view, std::string_view>, Counted> known_commands;

  mutable std::mutex mutex;
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> gauges;
  std::vector<std::pair<prometheus::Counter*, std::function<double()>>> counters;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

template <class Known, class Key, class Make>
Metrics::State::Counted Metrics::State::Find(Known* known, const Key& key, const Make& make) {
  {
    const std::shared_lock lock(known_mutex);
    if (const auto found = known->find(key); found != known->end()) return found->second;
  }
  const Counted made = make();
  const std::unique_lock lock(known_mutex);
  return known->emplace(key, made).first->second;
}

Metrics::State::Counted Metrics::State::FindRequest(std::string_view method, std::string_view route,
                                                    int status) {
  return Find(&known_requests, std::tuple(method, route, status), [&] {
    const prometheus::Labels labels{{"method", std::string(method)}, {"route", std::string(route)}};
    prometheus::Labels with_status = labels;
    with_status["status"] = std::to_string(status);
    return Counted(&requests.Add(with_status), &request_seconds.Add(labels, kSeconds));
  });
}

Metrics::State::Counted Metrics::State::FindCommand(std::string_view command,
                                                    std::string_view outcome) {
  return Find(&known_commands, std::pair(command, outcome), [&] {
    const std::string name(command);
    return Counted(&commands.Add({{"command", name}, {"outcome", std::string(outcome)}}),
                   &command_seconds.Add({{"command", name}}, kSeconds));
  });
}

void Metrics::CountRequest(std::string_view method, std::string_view route, int status,
                           std::chrono::nanoseconds took) {
  if (route.empty()) route = "other";
  const auto [count, seconds] = state_->FindRequest(KnownMethod(method), route, status);
  count->Increment();
  seconds->Observe(Seconds(took));
}

void Metrics::CountCommand(std::string_view command, std::string_view outcome,
                           std::chrono::nanoseconds took) {
  const auto [count, seconds] = state_->FindCommand(command, outcome);
  count->Increment();
  seconds->Observe(Seconds(took));
}

void Metrics::AddGauge(const std::string& name, const std::string& help,
                       std::function<double()> value,
                       const std::map<std::string, std::string>& labels) {
  prometheus::Gauge& gauge =
      prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add(labels);
  std::lock_guard lock(state_->mutex);
  state_->gauges.emplace_back(&gauge, std::move(value));
}

void Metrics::AddCounter(const std::string& name, const std::string& help,
                         std::function<double()> value) {
  prometheus::Counter& counter =
      prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry).Add({});
  std::lock_guard lock(state_->mutex);
  state_->counters.emplace_back(&counter, std::move(value));
}

std::string Metrics::Text() const {
  {
    std::lock_guard lock(state_->mutex);
    for (const auto& [gauge, value] : state_->gauges) gauge->Set(value());
    for (const auto& [counter, value] : state_->counters) {
      counter->Increment(std::max(value() - counter->Value(), 0.0));
    }
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, state_->registry.Collect());
  return text.str();
}

void CountedCommands::Submit(Command command, Reply reply) {
  const char* name = std::visit([](const auto& intent) { return intent.kName; }, command.intent);
  const auto begun = std::chrono::steady_clock::now();
  inner_.Submit(
      std::move(command), [this, name, begun, reply = std::move(reply)](Answer answer) mutable {
        metrics_.CountCommand(name, OutcomeOf(answer), std::chrono::steady_clock::now() - begun);
        reply(std::move(answer));
      });
}

}  // namespace contacts
