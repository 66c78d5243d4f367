#!/usr/bin/env python3
"""The traps of the write rule, each put into a copy of the real source: mutants that the simulation must catch.

mutants.py --list               the names, one a line, each with the files that it changes
mutants.py --harmless           those of them that must break nothing
mutants.py NAME ROOT OUT        writes the changed sources into OUT and prints nothing
A change whose text is not found exactly once is an error: the trap must follow the code.
"""
import pathlib
import sys

WRITER = 'command/writer/writer.cc'
PIPELINE, STATE, FOLLOWER = 'command/writer/tenant_pipeline.cc', 'command/tenant_state.cc', 'infra/instance/follower.cc'
DECIDING, SENDING = 'command/writer/tenant_pipeline_deciding.cc', 'command/writer/tenant_pipeline_sending.cc'
MAKER, PROJECTOR = 'command/writer/record_maker.cc', 'projections/projector.cc'
DECIDE, DECODED, LEAVES = 'command/rules/decide.cc', 'projections/decoded_entries.cc', 'projections/erased_leaves.cc'
ACTORS = 'projections/views/actor_view.cc'
KEY_WRITER, REPAIRS = 'infra/keys/tree_writer.cc', 'infra/keys/tree_repairs.cc'

# An encoder that now and then writes bytes that no reader takes: BROKEN_ENCODER before the check of its
# bytes, UNJUDGED instead of the check.
UNREADABLE = """Result<std::string> bytes = EncodeRecord(record, keyring);
  if (bytes && record.envelope.id[16] < '4') (*bytes)[bytes->size() / 2] = '\\xff';"""
BROKEN_ENCODER = (MAKER, 'Result<std::string> bytes = EncodeRecord(record, keyring);', UNREADABLE)
UNJUDGED = (MAKER, 'Result<std::string> bytes = EncodeRecord(record, keyring);',
            UNREADABLE + '\n  if (bytes) return EncodedRecord{std::move(record), *std::move(bytes)};')
# What was not judged is not known by its bytes when it comes back.
NOTHING_KNOWN = (WRITER,
    'const auto pipeline = pipelines_.find(TenantId{std::string(key)});\n'
    '  return pipeline == pipelines_.end() ? nullptr : pipeline->second->Made(hash);',
    '(void)key;\n  (void)hash;\n  return nullptr;')

# name -> [(file, text, what stands there instead)]
MUTANTS = {
    'trap01_own_superseded_decided_again': [(SENDING,
        'pending.stage = Pending::Stage::kPassed;\n      return;',
        'pending.work.attempts.clear();\n      again_from_ = 0;\n      return;')],
    'trap02_new_bytes_after_time_out': [(SENDING,
        'case Delivery::kUnknown:\n      pending.stage = Pending::Stage::kLost;',
        'case Delivery::kUnknown:\n      pending.work.attempts.clear();\n      again_from_ = 0;')],
    'trap03_answer_from_pending_state': [(DECIDING,
        'pending.answer = std::move(answer);',
        'bytes_ -= Bytes(pending.work.command);\n  ReplyAll(pending.work.waiters, answer);\n  return;')],
    'trap04_answer_on_delivery_report': [(SENDING,
        'pending.stored_at = report.offset;',
        'pending.stored_at = report.offset;\n      ReplyAll(pending.work.waiters, AnswerOf(pending.current().record));')],
    'trap05_key_not_joined': [
        (PIPELINE, 'if (same == nullptr || same->command', 'if (waiter.deadline > Instant{} || same->command'),
        (STATE, 'it != keys_.end() ? RecordAt(it->second) : std::nullopt', 'it == keys_.end() ? std::nullopt : std::nullopt')],
    'trap06_state_older_than_the_head': [(STATE,
        'Fold(record);', '')],
    'trap07_deadline_drops_the_record': [(PIPELINE,
        'return !p.has_record && forget(p.work);', 'return forget(p.work);')],
    'trap07_joined_but_never_answered': [(PIPELINE,
        'same->waiters.push_back(std::move(waiter));',
        'if (!same->waiters.empty()) same->waiters.push_back(std::move(waiter));')],
    'trap08_only_the_loser_decided_again': [
        (DECIDING, 'DropDeadAttempts(state().head());', ''),
        (DECIDING, 'while (pending_.size() > from) {\n    Pending pending = std::move(pending_.back());\n    pending_.pop_back();',
         'for (bool once = true; once && pending_.size() > from; once = false) {\n'
         '    Pending pending = std::move(pending_[from]);\n    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(from));\n'
         '    pending.work.attempts.clear();'),
        # A command that stays in the chain may have no attempt left, which never happens in the real code.
        (DECIDING, 'if (!pending_[i].has_record) continue;', 'if (!pending_[i].has_record || pending_[i].work.attempts.empty()) continue;'),
        (SENDING, 'if (pending.has_record) {\n      HandOver', 'if (pending.has_record && !pending.work.attempts.empty()) {\n      HandOver')],
    'trap09_only_the_first_sent_again': [(SENDING,
        'HandOver(pending, now);\n    } else {', 'HandOver(pending, now);\n      break;\n    } else {')],
    'trap10_delivery_error_is_failure': [(SENDING,
        'case Delivery::kUnknown:\n      pending.stage = Pending::Stage::kLost;',
        'case Delivery::kUnknown:\n      pending.stage = Pending::Stage::kLost;\n'
        '      ReplyAll(pending.work.waiters, Failure({ErrorCode::kUnavailable, "failed"}));')],
    'trap11_checkpoint_ahead_of_the_rows': [(PROJECTOR,
        'round.Write(View::kCheckpoints, keys::Partition(partition_), checkpoint);',
        'Round apart(views_);\n  apart.Write(View::kCheckpoints, keys::Partition(partition_), checkpoint);\n  apart.Commit();')],
    'trap11_checkpoint_behind_the_rows': [(PROJECTOR,
        'round.Write(View::kCheckpoints, keys::Partition(partition_), checkpoint);\n  round.Commit();',
        'round.Commit();\n  Round apart(views_);\n  apart.Write(View::kCheckpoints, keys::Partition(partition_), checkpoint);\n  apart.Commit();')],
    'trap12_win_matched_at_the_front_only': [(SENDING,
        'const size_t first = FirstRecord();\n  if (first != kNone) {',
        'const size_t first = pending_.empty() || !pending_.front().has_record ? kNone : 0;\n  if (first != kNone) {')],
    'trap13_sequence_without_previous': [(PROJECTOR,
        'if (!IsHistory({tenant.head, tenant.head_hash}, *slot)) {',
        'if (slot->sequence != Next(tenant.head)) {')],
    'trap14_batch_sees_another_overlay': [(DECIDING,
        'state_.reset();\n  DropDeadAttempts(state().head());',
        'const TenantState fresh(context_.lookup, context_.keyring, tenant_);\n  DropDeadAttempts(fresh.head());')],
    'trap15_serving_before_the_catch_up': [(FOLLOWER,
        'caught_up_ = caught_up_ || (start_end_ && position() >= *start_end_ && !check_before_);',
        'caught_up_ = position().value >= 0;')],
    'trap17_one_oversized_fails_its_batch': [(SENDING,
        '  // Without waiters it is not decided again.\n',
        '  for (size_t i = index + 1; i < pending_.size(); ++i) {\n'
        '    ReplyAll(pending_[i].work.waiters, Failure({ErrorCode::kTooLarge, "batch"}));\n  }\n')],
    'trap18_decided_again_with_the_same_id': [(MAKER,
        'envelope.id = RecordId(envelope.time, random, world.writer);', 'envelope.id = command.reason.value_or("");')],
    'trap20_unreadable_is_sent_again': [UNJUDGED, NOTHING_KNOWN, (SENDING,
        'p.has_record && p.stage == Pending::Stage::kStored && p.stored_at < context_.position &&',
        'p.stored_at.value == -2 && p.stored_at < context_.position &&'), (SENDING,
        'const bool gone = stage == Stage::kPassed ||',
        'const Offset at = pending_[first].stored_at;\n'
        '  const bool gone = (at.value >= 0 && at < context_.position) || stage == Stage::kPassed ||')],
    'unreadable_is_given_up': [UNJUDGED, NOTHING_KNOWN],
    'unreadable_is_never_handed_over': [BROKEN_ENCODER],
    'another_record_is_taken_for_ours': [(PIPELINE,
        'if (attempt.slot.hash == hash) return', 'if (attempt.slot.hash == hash || hash.bytes[0] < 8) return')],
    'superseded_bytes_never_again': [(PROJECTOR,
        'if (!IsHistory({tenant.head, tenant.head_hash}, *slot)) {',
        'thread_local std::unordered_map<const void*, std::unordered_map<std::string, bool>> fallen;\n'
        '  if (checkpoint_.next.value == 1) fallen[this].clear();\n'
        '  if (fallen[this][ToHex(judged.hash)]) return judged;\n'
        '  if (!IsHistory({tenant.head, tenant.head_hash}, *slot)) {\n'
        '    fallen[this][ToHex(judged.hash)] = true;')],
    'denied_is_failure': [(SENDING,
        'Reject(pending, now, "the log takes no records now: " + report.reason);',
        'Reject(pending, now, "denied");\n'
        '      ReplyAll(pending.work.waiters, Failure({ErrorCode::kUnavailable, "denied"}));')],
    'denied_is_not_tried_again': [(SENDING,
        'if (now < send_again_at_) return;',
        'if (!gone || now < send_again_at_) return;')],
    'clock_goes_back': [(MAKER,
        'std::max(world.wall_clock(), state.time())', 'world.wall_clock()')],
    'decides_on_what_it_does_not_understand': [(DECIDING,
        'if (!state().parked().empty()) {', 'if (state().parked() == "never") {')],
    'end_of_log_not_awaited': [(PIPELINE,
        'if (!front.target || context_.position < *front.target) return;', '')],
    # --- erasure: the numbers are those of the traps of sealing ---
    'erasure01_deletes_first': [(KEY_WRITER,
        'return Write(tenant, tree, changes);\n}\n\nResult<bool> TreeWriter::EraseInAll',
        'std::reverse(changes.begin(), changes.end());\n'
        '  return Write(tenant, tree, changes);\n}\n\nResult<bool> TreeWriter::EraseInAll')],
    'erasure02_lost_is_erased': [(DECODED,
        'decoded->data = OpenData(&record, keyring);',
        'decoded->data = OpenData(&record, keyring);\n'
        '  if (decoded->data == Opened::kLost) {\n'
        '    decoded->data = Opened::kErased;\n    record.data_withheld = true;\n  }')],
    'erasure03_parked_does_not_obey': [(PROJECTOR,
        'if (decoded.record) Note(ObeyErasure(*decoded.record, tenant, round));', '(void)&ObeyErasure;')],
    'erasure03_obeyed_is_forgotten': [(LEAVES,
        'views.Scan(View::kObeyed, "", "", [&]', 'views.Scan(View::kObeyed, "x", "x", [&]')],
    'erasure04_own_bytes_are_opened': [
        (SENDING, '#include "command/rules/decide.h"\n', '#include "command/rules/decide.h"\n#include "events/sealed_record.h"\n'),
        (SENDING, 'ReplyAll(won.work.waiters, AnswerOf(winner.record));',
         'Record own = *DecodeRecord(winner.bytes);\n  (void)OpenData(&own, context_.keyring);\n'
         '  ReplyAll(won.work.waiters, AnswerOf(own));')],
    'erasure05_erased_actor_goes_on': [(DECIDE,
        'if (state.ErasureOf(command.actor)) {', 'if (command.actor.empty() && state.ErasureOf(command.actor)) {')],
    'erasure06_node_comes_back': [(REPAIRS,
        'if (change.kind == TreeChange::Kind::kDelete) return;',
        'if (change.kind != TreeChange::Kind::kMark) return;')],
    'erasure09_made_up_keys_are_waited_for': [(PROJECTOR,
        'if (!IsHistory({tenant.head, tenant.head_hash}, *decoded->slot) || !tenant.parked.empty()) {',
        'if (!tenant.parked.empty()) {')],
    'erasure11_sealed_before_the_erasure': [(PROJECTOR,
        'if (decoded.LacksAKey()) return', 'if (decoded.LacksAKey() || decoded.data == Opened::kErased) return')],
    'erasure15_splits_never_settle': [
        (KEY_WRITER, 'if (keyring_.IsFullyErased(tenant, tree, leaf)) return true;', ''),
        (KEY_WRITER, '// An erasure that was cut goes on where it was, however often it is cut.\n'
         '  std::erase_if(changes, [&](const auto& one) { return keyring_.Holds(tenant, tree, one); });', ''),
        (REPAIRS, 'keyring_.NotFullyErased(tenant, tree)', 'keyring_.Erased(tenant)')],
    'pasts_are_forgotten_at_a_start': [(LEAVES,
        'contact.generation == 0) return true;', 'contact.generation >= 0) return true;')],
    'keys_of_an_erased_month_are_kept': [(ACTORS,
        'ForgetKeysBefore(FirstKept());', 'if (row_.head.value < 0) ForgetKeysBefore(FirstKept());')],
    'refusal_sealed_in_another_generation': [(MAKER,
        'if (contact && owner.contact && !says_its_own)',
        'if (contact && subject && owner.contact && !says_its_own)')],
}

# Both break the encoder: in the first mutant the writer's second line of defence holds, in the other its first.
HARMLESS = ['unreadable_is_given_up', 'unreadable_is_never_handed_over']


def main():
    if sys.argv[1:] == ['--harmless']:
        print('\n'.join(HARMLESS))
        return
    if sys.argv[1:] == ['--list']:  # each with the files that it changes
        print('\n'.join(f'{name}:{";".join(sorted({f for f, _, _ in MUTANTS[name]}))}' for name in MUTANTS))
        return
    name, root, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    texts = {}
    for file, text, instead in MUTANTS[name]:
        source = texts.get(file) or (root / file).read_text()
        if source.count(text) != 1:
            sys.exit(f'{name}: in {file} this stands {source.count(text)} times, not once:\n{text}')
        texts[file] = source.replace(text, instead)
    for file, text in texts.items():
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (out / file).write_text(text)


main()
