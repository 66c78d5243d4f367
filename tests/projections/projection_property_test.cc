// Whatever a log holds and however it is cut into batches, the read models are the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "tests/projections/projected.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

// Adds one arbitrary entry.
void AddEntry(LogScript* log, int64_t number) {
  const std::string tenant = *rc::gen::element<std::string>("acme", "acme2", "b");
  const std::string text = std::to_string(number);
  const int64_t id = *rc::gen::inRange<int64_t>(1, 4);
  switch (*rc::gen::weightedElement<int>(
      {{6, 0}, {2, 1}, {2, 2}, {2, 3}, {1, 4}, {1, 5}, {2, 6}, {1, 7}, {1, 8}, {2, 9}, {2, 10}})) {
    case 0:
      log->Then(tenant, Created(id, "C" + text, "c" + text + "@example.org"),
                {"7", *rc::gen::element<std::string>("", "k", "l")});
      break;
    case 1:
      log->Then(tenant, Added(std::to_string(id), "u" + text, "member"));
      break;
    case 2:
      log->Then(tenant, PasswordSet{UserId{std::to_string(id)}, "credential-" + text});
      log->Then(tenant, SessionsEnded{UserId{std::to_string(id)}});
      break;
    case 9:
      log->Then(tenant, TokenIssued{"t" + text, "n" + std::to_string(id), {}, {}, Sha256(text)});
      break;
    case 10:
      log->Then(tenant, TokenRevoked{"t" + std::to_string(number - 1), "n" + std::to_string(id)});
      break;
    case 3:
      log->Loser(tenant, Created(id, "L" + text, "l" + text + "@example.org"));
      break;
    case 4:
      log->Unknown(tenant);
      break;
    case 5:
      log->Raw(tenant, *rc::gen::element<std::string>("", "{}", "garbage", "{\"tenant\":\"b\"}"));
      break;
    case 6:
      if (!log->entries().empty()) {
        log->Again(*rc::gen::inRange<size_t>(0, log->entries().size()));
      }
      break;
    case 7:
      log->Opens("log-" + text);
      break;
    default:
      log->Then(tenant, Idle("CreateContact"), {"7", "k"});
  }
}

LogScript AnyLog() {
  LogScript log;
  if (*rc::gen::weightedElement<bool>({{9, true}, {1, false}})) log.Opens();
  const auto length = *rc::gen::inRange<int64_t>(1, 60);
  for (int64_t number = 0; number < length; ++number) AddEntry(&log, number);
  return log;
}

RC_GTEST_PROP(Projection, IsTheSameInAnyBatches, ()) {
  const LogScript log = AnyLog();
  MemoryViewStore one_by_one;
  ApplyOneByOne(one_by_one, log.entries());

  MemoryViewStore views;
  Projector projector(views, TestKeys(), 0, 1);
  for (auto at = log.entries().begin(); at != log.entries().end();) {
    const auto left = log.entries().end() - at;
    const auto count = *rc::gen::inRange<std::ptrdiff_t>(1, left + 1);
    projector.Apply({at, at + count});
    at += count;
  }
  RC_ASSERT(Describe(views) == Describe(one_by_one));
  RC_ASSERT(Digest(views) == Digest(one_by_one));
  RC_ASSERT(projector.checkpoint() == Projector(one_by_one, TestKeys(), 0, 1).checkpoint());
}

// The rule of history, implemented a second time in the plainest way.
RC_GTEST_PROP(Projection, KeepsExactlyTheHistory, ()) {
  const LogScript log = AnyLog();
  MemoryViewStore views;
  ApplyAll(views, log.entries());

  std::map<std::string, std::vector<std::string>> histories;
  bool open = false;
  for (const LogEntry& entry : log.entries()) {
    open = open || entry.key == "$log";
    const auto slot = ReadSlot(entry.key, entry.value, 0, 1);
    if (!slot || !open) continue;
    auto& history = histories[entry.key];
    const Hash head = history.empty() ? Hash{} : Sha256(history.back());
    const auto next = static_cast<int64_t>(history.size()) + 1;
    if (slot->sequence == Sequence{next} && slot->previous == head) history.push_back(entry.value);
  }
  const ViewLookup lookup(views);
  for (const auto& [tenant, history] : histories) {
    const auto length = static_cast<int64_t>(history.size());
    RC_ASSERT(lookup.Tenant(TenantId{tenant}).head == Sequence{length});
    for (int64_t n = 1; n <= length; ++n) {
      RC_ASSERT(lookup.RecordAt(TenantId{tenant}, Sequence{n}) ==
                history[static_cast<size_t>(n - 1)]);
    }
    RC_ASSERT(!lookup.RecordAt(TenantId{tenant}, Sequence{length + 1}));
  }
}

}  // namespace
}  // namespace contacts::testing
