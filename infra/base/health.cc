#include "infra/base/health.h"

#include <algorithm>
#include <utility>

#include "infra/base/log.h"
#include "infra/base/what_to_do.h"

namespace contacts {
namespace {

// Every start has these for a while, so they are not faults.
bool IsOfAStart(const std::string& part) { return part == "catch-up" || part == "demonstration"; }

}  // namespace

void Health::Add(HealthCheck check) {
  (void)RankOf(check.part);
  const std::lock_guard lock(mutex_);
  checks_.push_back(std::move(check));
}

// Returns a copy, so that a check is called without the lock: it may take locks of its own part.
std::vector<HealthCheck> Health::Checks() const {
  const std::lock_guard lock(mutex_);
  return checks_;
}

HealthFindings Health::Ask() const {
  HealthFindings findings;
  for (const HealthCheck& check : Checks()) {
    std::string why = check.why();
    if (why.empty()) continue;
    const bool is_reason = check.weight == HealthCheck::Weight::kNotReady;
    std::string next = WhatToDo(check.part, why, data_);
    (is_reason ? findings.reasons : findings.warnings)
        .push_back({check.part, std::move(why), std::move(next)});
  }
  return findings;
}

bool Health::IsFine(const std::string& part) const {
  const std::vector<HealthCheck> checks = Checks();
  return std::all_of(checks.begin(), checks.end(), [&](const HealthCheck& check) {
    return check.part != part || check.why().empty();
  });
}

std::vector<std::string> Health::parts() const {
  std::set<std::string> parts;
  for (const HealthCheck& check : Checks()) parts.insert(check.part);
  return {parts.begin(), parts.end()};
}

void HealthLog::Say(const HealthFindings& now) {
  std::set<std::string> troubled;
  const auto say = [&](const HealthFinding& finding, const char* ready) {
    const bool is_new = troubled.insert(finding.part).second && !troubled_.contains(finding.part);
    if (!is_new) return;
    if (IsOfAStart(finding.part)) {
      return log::Info("not ready yet", {{"part", finding.part}, {"cause", finding.why}});
    }
    log::Warn(
        "a part is troubled",
        {{"part", finding.part}, {"ready", ready}, {"cause", finding.why}, {"next", finding.next}});
  };
  for (const HealthFinding& reason : now.reasons) say(reason, "no");
  for (const HealthFinding& warning : now.warnings) say(warning, "yes");
  for (const std::string& part : troubled_) {
    if (!troubled.contains(part) && !IsOfAStart(part))
      log::Info("a part is well again", {{"part", part}});
  }
  troubled_ = std::move(troubled);
}

}  // namespace contacts
