#include "tests/simulation/checks.h"

#include <algorithm>
#include <map>
#include <set>

#include "command/idempotency.h"
#include "command/rules/decide.h"
#include "events/model/contact_model.h"
#include "events/sealed_record.h"
#include "events/values/month.h"
#include "tests/simulation/entry_checks.h"
#include "tests/simulation/key_checks.h"
#include "tests/simulation/view_checks.h"

namespace contacts::sim {
namespace {

bool SameError(const std::optional<Error>& a, const std::optional<Error>& b) {
  if (!a || !b) return !a && !b;
  return a->code == b->code && a->message == b->message;
}

bool SameAnswer(const Answer& a, const Answer& b) {
  return SameError(a.error, b.error) && (a.error || a.event == b.event);
}

class Checks {
 public:
  Checks(const Simulation& simulation, const StoreFactory& store)
      : simulation_(simulation), store_(store) {
    for (const auto& attempt : simulation.callers().attempts()) {
      by_uid_[attempt->uid].push_back(attempt.get());
      by_tenant_[attempt->command.tenant].push_back(attempt.get());
    }
  }

  std::vector<std::string> Run() {
    Add(BrokenEntries(simulation_));
    std::set<TenantId> tenants;
    for (const auto& [tenant, attempts] : by_tenant_) tenants.insert(tenant);
    for (const TenantId& tenant : tenants) CheckTenant(tenant);
    CheckAnswerCounts();
    Add(BrokenViews(simulation_, store_));
    Add(BrokenKeys(simulation_, erased_));
    // Costs a rebuild, which few seeds need.
    if (simulation_.entries() % 8 == 0) Add(BrokenWithoutNodes(simulation_, store_, erased_));
    return broken_;
  }

 private:
  // The contacts of one tenant, after some of its records.
  struct Contacts {
    std::map<ContactId, std::optional<ContactModel>> by_id;
    std::set<std::string> emails;  // the folded e-mails of all contacts
  };

  void Broken(std::string what) { broken_.push_back(std::move(what)); }

  void Add(const std::vector<std::string>& broken) {
    broken_.insert(broken_.end(), broken.begin(), broken.end());
  }

  void CheckTenant(const TenantId& tenant) {
    const auto found = simulation_.log().truth().history.find(tenant);
    static const std::vector<std::string> kNothing;
    const auto& history =
        found == simulation_.log().truth().history.end() ? kNothing : found->second;
    const std::unique_ptr<ViewStore> views = store_();
    const ViewLookup lookup(*views);
    seal::Keyring keys;  // as they were on each prefix: what its erasures erased is gone
    simulation_.secrets().ReadAllInto(tenant, &keys);
    ErasedBy& erased = erased_[tenant];
    auto state = std::make_unique<TenantState>(lookup, keys, tenant);
    Contacts contacts;
    std::map<uint64_t, Timestamp> commands;  // with the time of the newest record
    CheckTruth(tenant, *state, 0);
    for (size_t n = 0; n < history.size(); ++n) {
      const Result<Record> record = simulation_.secrets().Read(history[n]);
      const std::string at = tenant.value + "/" + std::to_string(n + 1);
      if (!record) {
        CheckNothingFollows(at, history, n, &erased);
        break;
      }
      if (record->envelope.sequence.value != static_cast<int64_t>(n + 1) ||
          record->envelope.previous != state->head().hash) {
        Broken(at + " is not chained on the record before it");
      }
      if (record->envelope.time < state->time()) Broken(at + " goes back in time");
      if (erased.HasActor(record->envelope.actor)) Broken(at + " is of an erased actor");
      CheckSerial(at, *state, *record);
      CheckEmails(at, *record, &contacts);
      CheckOnce(at, *record, erased, &commands);
      state->Apply(*record, Sha256(history[n]));
      if (const auto gone = erased.Note(*record); !gone.empty()) {
        for (const seal::Leaf leaf : gone) keys.NoteErased(tenant, leaf);
        state = WithoutErased(history, n + 1, lookup, keys, tenant);
      }
      AnswersByRecord(*record, n + 1);
      CheckTruth(tenant, *state, n + 1);
    }
    for (const Attempt* attempt : by_tenant_[tenant]) CheckAnswer(*attempt, commands);
  }

  // The state as a reader has it who reads the first `count` records once their keys are gone.
  static std::unique_ptr<TenantState> WithoutErased(const std::vector<std::string>& history,
                                                    size_t count, const ViewLookup& lookup,
                                                    seal::Keyring& keys, const TenantId& tenant) {
    auto state = std::make_unique<TenantState>(lookup, keys, tenant);
    for (size_t n = 0; n < count; ++n) {
      Result<Record> record = DecodeRecord(history[n]);
      (void)OpenData(&*record, keys);
      (void)OpenActor(&*record, keys);
      state->Apply(*record, Sha256(history[n]));
    }
    return state;
  }

  // This build does not know what a record of a newer build did to the tenant, so it must not
  // decide on it. It obeys the erasures of that build.
  void CheckNothingFollows(const std::string& at, const std::vector<std::string>& history,
                           size_t newer, ErasedBy* erased) {
    for (size_t n = newer + 1; n < history.size(); ++n) {
      const Result<Record> record = DecodeRecord(history[n]);
      if (!record) continue;
      if (record->envelope.actor != kNewerBuild) {
        Broken("a record was decided on " + at + ", not understood");
      }
      erased->Note(*record);
    }
  }

  // An e-mail is free again only when its contact has another one, or does not exist any more.
  void CheckEmails(const std::string& at, const Record& record, Contacts* contacts) {
    const auto subject = ContactIn(record.event);
    if (!subject) return;
    std::optional<ContactModel>& contact = contacts->by_id[subject->id];
    const auto before = subject->begins ? std::nullopt : contact;
    contact = Evolve(before, record);
    const NameChange email = NameChangeOf(before, contact);
    if (email.freed) contacts->emails.erase(*email.freed);
    // Also checked without the model's word for it, to find its faults.
    if (const auto* created = std::get_if<ContactCreated>(&record.event)) {
      if (!contacts->emails.insert(FoldEmail(created->fields.email)).second) {
        Broken(at + " repeats an e-mail");
      }
    } else if (email.taken && !contacts->emails.insert(*email.taken).second) {
      Broken(at + " repeats an e-mail");
    }
  }

  // The keys of an erased month are forgotten, so a command that is repeated with one is done
  // again.
  void CheckOnce(const std::string& at, const Record& record, const ErasedBy& erased,
                 std::map<uint64_t, Timestamp>* commands) {
    const uint64_t command = Callers::UidOf(record);
    const auto [done, fresh] = commands->try_emplace(command, record.envelope.time);
    if (!fresh && MonthOf(done->second) >= erased.months()) {
      Broken(at + " is command " + std::to_string(command) + " for the second time");
    }
    done->second = record.envelope.time;
    recorded_[command] = record.envelope.sequence;
  }

  void CheckSerial(const std::string& at, const TenantState& state, const Record& record) {
    const auto attempts = by_uid_.find(Callers::UidOf(record));
    if (attempts == by_uid_.end()) return Broken(at + " comes from no command");
    Command command = attempts->second.front()->command;
    command.key = record.envelope.idempotencykey;
    const auto* refused = std::get_if<CommandRefused>(&record.event);
    if (refused && refused->code == ErrorCode::kUnavailable) return;  // refused by the log itself
    const std::optional<Event> decided = RecordedEvent(Decide(state, command), command);
    if (!decided || *decided != record.event) Broken(at + " is not what Decide says there");
  }

  // Finds the attempts that the record at `sequence` answers, as their own record or by their key.
  void AnswersByRecord(const Record& record, size_t sequence) {
    for (Attempt* attempt : by_tenant_[record.envelope.tenant]) {
      if (!attempt->answer || attempt->answer->position.value != static_cast<int64_t>(sequence) ||
          attempt->history_after < sequence) {
        continue;
      }
      const bool own = attempt->uid == Callers::UidOf(record);
      if (own && SameAnswer(*attempt->answer, AnswerOf(record))) true_.insert(attempt);
    }
  }

  // Finds the attempts whose answer without a record is true after the first `n` records.
  void CheckTruth(const TenantId& tenant, const TenantState& state, size_t n) {
    for (Attempt* attempt : by_tenant_[tenant]) {
      if (!attempt->answer || true_.contains(attempt)) continue;
      if (n < attempt->history_before || n > attempt->history_after) continue;
      const Decision decision = Decide(state, attempt->command);
      const Answer& answer = *attempt->answer;
      const auto* error = std::get_if<Error>(&decision);
      const auto* nothing = std::get_if<NothingChanged>(&decision);
      const auto* replayed = std::get_if<Replayed>(&decision);
      const bool holds = (error && answer.error && error->code == answer.error->code) ||
                         (nothing && !answer.error && answer.event == Event(*nothing)) ||
                         (replayed && SameAnswer(answer, AnswerOf(replayed->record))) ||
                         CannotBeSealed(tenant, state, *attempt, decision);
      if (holds) true_.insert(attempt);
    }
  }

  // The answer would be a record about somebody who was erased: a new one, or one that an earlier
  // attempt had made.
  bool CannotBeSealed(const TenantId& tenant, const TenantState& state, const Attempt& attempt,
                      const Decision& decision) {
    if (!attempt.answer->error || attempt.answer->error->code != ErrorCode::kGone) return false;
    if (const auto own = recorded_.find(attempt.uid); own != recorded_.end()) {
      const std::optional<Record> record = state.RecordAt(own->second);
      if (record && record->data_withheld) return true;
    }
    const auto event = RecordedEvent(decision, attempt.command);
    const auto contact = event ? DataOwnerOf(*event).contact : std::nullopt;
    return contact && erased_[tenant].contacts().contains(*contact) &&
           state.ContactById(*contact)->IsErased();
  }

  void CheckAnswer(const Attempt& attempt, const std::map<uint64_t, Timestamp>& commands) {
    if (!attempt.answer) return;
    const std::string who = "command " + std::to_string(attempt.uid);
    const ErrorCode code =
        attempt.answer->error ? attempt.answer->error->code : ErrorCode::kInternal;
    const bool alone = by_uid_.at(attempt.uid).size() == 1;
    const bool in_history = commands.contains(attempt.uid);
    if (code == ErrorCode::kUnknownOutcome) return;
    if (code == ErrorCode::kTooLarge && !attempt.oversized) Broken(who + " was not too large");
    const bool failed = attempt.answer->error && code == ErrorCode::kInternal;
    const bool nothing_done = failed || code == ErrorCode::kTooManyRequests ||
                              code == ErrorCode::kTooLarge ||
                              (code == ErrorCode::kUnavailable && !true_.contains(&attempt));
    if (nothing_done) {
      if (alone && in_history) Broken(who + " was answered as failed, and is in history");
    } else if (!true_.contains(&attempt)) {
      Broken(who + " got an answer that was not true while it was asked");
    }
  }

  void CheckAnswerCounts() {
    for (const auto& attempt : simulation_.callers().attempts()) {
      if (attempt->answers > 1 || (attempt->answers == 0 && !attempt->lost)) {
        Broken("command " + std::to_string(attempt->uid) + " got " +
               std::to_string(attempt->answers) + " answers");
      }
    }
  }

  const Simulation& simulation_;
  const StoreFactory& store_;
  std::map<uint64_t, std::vector<const Attempt*>> by_uid_;
  std::map<TenantId, std::vector<Attempt*>> by_tenant_;
  std::map<TenantId, ErasedBy> erased_;
  std::set<const Attempt*> true_;
  std::map<uint64_t, Sequence> recorded_;  // the newest record of each command
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> BrokenPromises(const Simulation& simulation, const StoreFactory& store) {
  std::vector<std::string> broken = simulation.violations();
  const std::vector<std::string> found = Checks(simulation, store).Run();
  broken.insert(broken.end(), found.begin(), found.end());
  return broken;
}

}  // namespace contacts::sim
