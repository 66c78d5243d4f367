// Counters and gauges for Prometheus. Labels hold bounded sets of names: no tenant, user or path.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "command/command.h"

namespace contacts {

// Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  // `route`: the pattern of our table that the path matches; "": none, counted under "other".
  void CountRequest(std::string_view method, std::string_view route, int status,
                    std::chrono::nanoseconds took);
  // `command` and `outcome` must outlive this: names of ours, never values that a client sends.
  void CountCommand(std::string_view command, std::string_view outcome,
                    std::chrono::nanoseconds took);

  // Calls `value` whenever the metrics are read; `name` and `help` follow the rules of Prometheus.
  // If several gauges have one name, `labels` tells them apart by a few names of ours.
  void AddGauge(const std::string& name, const std::string& help, std::function<double()> value,
                const std::map<std::string, std::string>& labels = {});

  // Like AddGauge, for a value that only grows; its name ends with _total.
  void AddCounter(const std::string& name, const std::string& help, std::function<double()> value);

  // Prometheus text format 0.0.4.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Counts the commands that it passes to `inner`. Both must outlive this, and every answer.
class CountedCommands : public Commands {
 public:
  CountedCommands(Commands& inner, Metrics& metrics) : inner_(inner), metrics_(metrics) {}
  void Submit(Command command, Reply reply) override;

 private:
  Commands& inner_;
  Metrics& metrics_;
};

}  // namespace contacts
