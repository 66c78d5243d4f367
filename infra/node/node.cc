#include "infra/node/node.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "events/seal/store_keys.h"
#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/base/start_failure.h"
#include "infra/node/newest_record.h"
#include "infra/ops/readiness.h"
#include "projections/store/view_store.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

// The store is small, but a cleaning that is under way is waited for.
constexpr std::chrono::hours kRewritingTime{48};

Argon2Options PasswordOptions(const Config& config, std::function<bool()> caught_up) {
  Argon2Options options;
  options.caught_up = std::move(caught_up);
  options.locks.failures = config.login_failures;
  options.locks.lock = config.login_lock;
  return options;
}

// A copy that was put in place by hand cannot be seen from inside, but the positions of clients
// can.
std::string DoubtOfPositions(const PositionWaits& positions, const ViewReader& views) try {
  const auto beyond = positions.Doubtful();
  if (!beyond) return "";
  const std::string why = "a client of tenant " + beyond->tenant.value + " knows the position " +
                          TextOf(beyond->position) +
                          ", which the history does not have: the log may be an older copy that "
                          "was put in place by hand";
  if (beyond->position.epoch <= ViewLookup(views).Epoch()) return why;
  return why + ", and that of epoch " + std::to_string(beyond->position.epoch) +
         " is lost (--epoch " + std::to_string(beyond->position.epoch + 1) + ")";
} catch (const StoreFailure&) {
  return "";  // the part "views" says so
}

InstanceOptions OptionsOf(TrustedClock* clock, KeyKeeper* keys, query::ChangeWaits* changes,
                          std::function<void(const Erasure&, bool ours)> erased) {
  keys->NoteErasedBefore();
  InstanceOptions options{.clock = clock};
  options.make_tree = [keys](const TenantId& tenant, InstanceOptions::Done done) {
    keys->MakeTree(tenant, std::move(done));
  };
  options.erased = std::move(erased);
  options.applied = [changes](const TenantId& tenant) { changes->Applied(tenant); };
  return options;
}

// Whether history, or a marker, erased a leaf below this node of a key tree.
bool CoversErased(const seal::Keyring& keyring, std::string_view id) {
  const auto stored = seal::ReadStored(id, std::nullopt);
  if (!stored || stored->change.kind == seal::TreeChange::Kind::kMark) return false;
  const std::vector<seal::Leaf> leaves = keyring.CoveredErased(stored->tenant, stored->tree);
  return std::any_of(leaves.begin(), leaves.end(),
                     [&](seal::Leaf leaf) { return stored->change.node.Covers(leaf); });
}

// What was stored in plain text until now leaves the files of an embedded log, too. A topic is
// compacted by Kafka.
Result<WrappedValues> WrapSecrets(const Backends& backends, std::atomic<bool>& stop) {
  const std::string fault = backends.secrets->Fault();
  if (backends.wrapped == nullptr || !fault.empty()) {
    return Error{ErrorCode::kUnavailable, "The store of secrets cannot be wrapped: " + fault};
  }
  const auto done = backends.wrapped->WrapAll(
      [&](std::string_view id) { return CoversErased(*backends.keyring, id); });
  if (!done.ok()) return done.error();
  if (!backends.erased_in_topic) {
    const Heartbeat::Task step("rewriting the store of secrets", kRewritingTime);
    const auto rewritten = backends.local->RewriteFiles(stop);
    if (!rewritten.ok() || !*rewritten) {
      return Error{ErrorCode::kUnavailable,
                   "All secrets are encrypted, but plain ones from before are left in old files: " +
                       (rewritten.ok() ? "the server is stopping" : rewritten.error().message) +
                       ". Repeat the command."};
    }
  }
  return WrappedValues{done->values, done->unreadable};
}

// Returns a function that beats for the thread that calls it; the thread need not know of
// heartbeats.
std::function<void()> Beating(const char* name) {
  return [name, heart = std::make_shared<std::optional<Heartbeat>>()] {
    if (!*heart) heart->emplace(name);
    (*heart)->Beat();
  };
}

}  // namespace

Node::Node(std::unique_ptr<DataDirectory> data, Backends opened, const Config& config,
           DiskAccess access)
    : directory(std::move(data)),
      backends(std::move(opened)),
      health(directory->path()),
      views(backends.views),
      passwords(*backends.secrets, views,
                PasswordOptions(config, [this] { return instance.status().caught_up; })),
      positions(views, {}, Beating("position waits"),
                [this](const TenantId& tenant, std::function<void()> applied) {
                  instance.AskEnd(tenant, std::move(applied));
                }),
      changes(views, *backends.keyring, {}, Beating("change waits")),
      clock(TrustedClock::ThisMachine(), NewestRecord(views),
            config.accept_clock ? TrustedClock::Compare::kWithItself
                                : TrustedClock::Compare::kWithLog),
      key_keeper(*backends.keys, *backends.keyring, views,
                 [this](const TenantId& tenant, const std::string& actor) {
                   passwords.replaced().EraseOf(tenant, UserId{actor});
                 }),
      cleaning(CleaningParts(), {}),
      instance(*backends.log, views, *backends.keyring, positions,
               OptionsOf(&clock, &key_keeper, &changes,
                         [this](const Erasure& erasure, bool ours) { Erased(erasure, ours); })),
      commands(instance, metrics),
      operations({.commands = commands,
                  .views = views,
                  .keyring = *backends.keyring,
                  .passwords = passwords,
                  .status = [this] { return status(); },
                  .health = health,
                  .partitions = backends.log->partitions(),
                  .facts = [this] { return Facts(); },
                  .wrap_secrets = [this] { return WrapSecrets(backends, stopping_); },
                  .clean = [this] { cleaning.AskNow(); }}) {
  const bool on_kafka = config.log == Config::Log::kKafka;
  facts_.log = on_kafka ? "kafka" : "embedded";
  if (on_kafka) facts_.topic = config.kafka_topic;
  facts_.data = directory->path();
  backends.checks.push_back({"clock", HealthCheck::Weight::kNotReady, [this] {
                               TellClock(instance.status());
                               return clock.Fault();
                             }});
  backends.checks.push_back({"positions", HealthCheck::Weight::kWarning,
                             [this] { return DoubtOfPositions(positions, views); }});
  if (config.accept_clock) log::Warn("the clock is not compared with the records: --accept-clock");
  const auto gauge = [this](const char* name, const char* help, auto value) {
    metrics.AddGauge(name, help, [this, value] { return static_cast<double>(value(status())); });
  };
  using Status = const InstanceStatus&;
  gauge("contacts_caught_up", "1 when the log was applied up to its end at the start",
        [](Status s) { return s.caught_up ? 1 : 0; });
  gauge("contacts_partitions_standing_still", "Partitions that take no commands any more",
        [](Status s) { return s.standing_still; });
  gauge("contacts_trouble", "1 when writes fail now and will work again without help",
        [](Status s) { return s.trouble.empty() ? 0 : 1; });
  gauge("contacts_catch_up_entries_left", "Entries that the first catch-up has still to apply",
        [](Status s) { return s.entries_left; });
  gauge("contacts_log_entries_superseded", "Entries that lost the race for their place",
        [](Status s) { return s.superseded; });
  gauge("contacts_log_entries_foreign", "Entries that are not records of this log",
        [](Status s) { return s.foreign; });
  gauge("contacts_tenants_parked", "Tenants that this build cannot apply further",
        [](Status s) { return s.parked.count; });
  gauge("contacts_tenants_closed", "Tenants whose history takes no writes",
        [](Status s) { return s.closed.count; });
  gauge("contacts_commands_unanswered", "Commands that have no answer yet",
        [](Status s) { return s.unanswered; });
  metrics.AddGauge("contacts_position_waits", "Requests that wait for a position",
                   [this] { return static_cast<double>(positions.waiting()); });
  metrics.AddGauge("contacts_change_waits", "Requests that wait for a change",
                   [this] { return static_cast<double>(changes.waiting()); });
  metrics.AddCounter("contacts_changes_judged_total",
                     "Records that were judged for a view for which somebody waits",
                     [this] { return static_cast<double>(changes.judged()); });
  metrics.AddCounter("contacts_positions_beyond_head_total",
                     "Positions of clients that are after the head of their history",
                     [this] { return static_cast<double>(positions.beyond()); });
  metrics.AddGauge("contacts_login_locked_accounts",
                   "Accounts that are locked at an address or at all addresses",
                   [this] { return static_cast<double>(passwords.locked_accounts()); });
  metrics.AddCounter("contacts_login_locks_total", "Locks that failed log-ins began",
                     [this] { return static_cast<double>(passwords.locks()); });
  if (backends.entries) {
    metrics.AddGauge("contacts_log_entries", "Entries in the log", backends.entries);
  }
  metrics.AddGauge("contacts_disk_free_bytes", "Free bytes on the fullest disk of this instance",
                   [this] { return static_cast<double>(backends.fullest_disk().free); });
  if (access == DiskAccess::kReadWrite) StartCleaning();
  AddInstanceChecks([this] { return instance.status(); }, &health);
  for (const HealthCheck& check : backends.checks) health.Add(check);
  for (const std::string& part : health.parts()) ShowPart(part);
}

void Node::ShowPart(const std::string& part) {
  metrics.AddGauge("contacts_health", "1 when nothing is wrong with the part",
                   [this, part] { return health.IsFine(part) ? 1.0 : 0.0; }, {{"part", part}});
}

void Node::AddCheck(HealthCheck check) {
  const std::vector<std::string> known = health.parts();
  const std::string part = check.part;
  health.Add(std::move(check));
  if (std::find(known.begin(), known.end(), part) == known.end()) ShowPart(part);
}

void Node::Serves(const std::string& address, const std::string& admin) {
  const std::lock_guard lock(facts_mutex_);
  facts_.address = address;
  facts_.admin = admin;
  serves_since_ = std::chrono::steady_clock::now();
}

InstanceFacts Node::Facts() {
  const DiskSpace disk = backends.fullest_disk();
  const std::lock_guard lock(facts_mutex_);
  InstanceFacts facts = facts_;
  if (serves_since_) {
    facts.serving_seconds = std::chrono::duration_cast<std::chrono::seconds>(
                                std::chrono::steady_clock::now() - *serves_since_)
                                .count();
  }
  facts.disk_free = static_cast<int64_t>(disk.free);
  facts.disk_total = static_cast<int64_t>(disk.total);
  facts.locked_accounts = passwords.locked_accounts();
  const Cleaning::State erased = cleaning.state();
  if (erased.due_since) facts.cleaning_due_since = *erased.due_since;
  facts.cleaning_waits_for = erased.waits_for;
  if (erased.last_done) facts.cleaned_at = *erased.last_done;
  return facts;
}

void Node::StopWork() {
  stopping_ = true;
  passwords.Stop();
  positions.Stop();
  changes.Stop();
  key_keeper.Stop();  // commands that wait for a tree are answered
  cleaning.Stop();
  instance.Stop(std::chrono::milliseconds(0));
}

void Node::TellClock(const InstanceStatus& status) const {
  if (clock_knows_ || !status.caught_up) return;
  try {
    clock.AllApplied(NewestRecord(views));
    clock_knows_ = true;
  } catch (const StoreFailure& failure) {
    log::Error("the read models cannot be read", {{"cause", failure.what()}});
  }
}

InstanceStatus Node::status() const {
  InstanceStatus status = instance.status();
  TellClock(status);
  for (const HealthCheck& check : backends.checks) {
    if (!status.trouble.empty()) break;
    if (check.weight == HealthCheck::Weight::kNotReady) status.trouble = check.why();
  }
  return status;
}

Result<std::unique_ptr<Node>> Node::Open(std::unique_ptr<DataDirectory> directory,
                                         const Config& config, DiskAccess access) {
  try {
    auto opened = OpenBackends(config, *directory, access);
    if (!opened.ok()) return opened.error();
    return std::make_unique<Node>(std::move(directory), std::move(*opened), config, access);
  } catch (const std::exception& failure) {
    return StartFailure(failure);
  }
}

Result<bool> Node::CatchUp() {
  while (!instance.WaitCaughtUp(std::chrono::seconds(2))) {
    const InstanceStatus status = instance.status();
    if (!status.fault.empty()) return Error{ErrorCode::kUnavailable, status.fault};
    log::Info("catching up", {{"entries_left", std::to_string(status.entries_left)}});
  }
  return true;
}

}  // namespace contacts
