// What is counted, for Prometheus. Labels hold no tenant, user or path: only what is bounded.
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

  // `route` is the pattern that the path fits, one of a table of ours; "": it fits none, and is
  // counted under "other".
  void CountRequest(std::string_view method, std::string_view route, int status,
                    std::chrono::nanoseconds took);
  // `command` and `outcome` must outlive it: names of ours, not what a client sends.
  void CountCommand(std::string_view command, std::string_view outcome,
                    std::chrono::nanoseconds took);

  // What is asked for when the metrics are read; `name` and `help` as Prometheus wants them. A
  // gauge of several has a label for each, one of a few names of ours.
  void AddGauge(const std::string& name, const std::string& help, std::function<double()> value,
                const std::map<std::string, std::string>& labels = {});

  // The same for what only grows; its name ends with _total.
  void AddCounter(const std::string& name, const std::string& help, std::function<double()> value);

  // Prometheus text format 0.0.4.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Counts what goes through to `inner`. Both must outlive it, and every answer.
class CountedCommands : public Commands {
 public:
  CountedCommands(Commands& inner, Metrics& metrics) : inner_(inner), metrics_(metrics) {}
  void Submit(Command command, Reply reply) override;

 private:
  Commands& inner_;
  Metrics& metrics_;
};

}  // namespace contacts
