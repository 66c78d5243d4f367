#include "infra/ops/erasure_operations.h"

#include <utility>
#include <variant>
#include <vector>

#include "events/json/json_archive.h"
#include "infra/ops/shown_cleaning.h"
#include "infra/ops/submit.h"
#include "projections/view_lookup.h"

namespace contacts::ops {
namespace {

struct ShownErasure {
  Maybe<Sequence> sequence;             // none: months that were erased before
  std::vector<std::string> recipients;  // who must be told

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("sequence", sequence), Field("recipients", recipients));
  }
};

struct ShownHoldChange {
  ContactId contact;
  bool held = false;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contact", contact), Field("held", held));
  }
};

struct ShownHold {
  ContactId contact;
  Sequence sequence;  // the record that placed it

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contact", contact), Field("sequence", sequence));
  }
};

Result<OpsAnswer> Run(const OpsContext& context, const OpsRequest& request, const TenantId& tenant,
                      Intent intent, std::optional<ContactId> contact) {
  const auto answer = AnswerToOperator(context, request, tenant, std::move(intent));
  if (!answer.ok()) return answer.error();
  ShownErasure shown;
  if (!std::holds_alternative<NothingChanged>(answer->event)) {
    shown.sequence.emplace(answer->position);
  }
  const ViewLookup lookup(context.views);
  if (const auto model = contact ? lookup.WholeContact(tenant, *contact) : std::nullopt) {
    shown.recipients = lookup.RecipientsOf(tenant, *contact, model->first);
  }
  return OpsAnswer{ToJson(shown) + "\n"};
}

// Whether exactly one kind of erasure is asked for.
bool IsOneErasure(const OpsRequest& request) {
  const bool person = request.contact || request.actor;
  if (request.months_before) return !person && !request.past.value_or(false);
  if (request.past.value_or(false)) return request.contact && !request.actor;
  return person;
}

Result<ErasePerson> PersonIn(const OpsRequest& request, std::optional<ContactId> contact) {
  const auto ground = EnumFrom<Ground>(request.ground.value_or(""));
  if (!ground) return MissingArgument("a ground: a, b, c, d, e or f, a letter of Article 17(1)");
  ErasePerson person{contact, {}, *ground};
  if (request.actor) person.actors.push_back(*request.actor);
  return person;
}

Result<OpsAnswer> ListHolds(const OpsContext& context, const TenantId& tenant) {
  OpsAnswer answer;
  for (const auto& [contact, at] : ViewLookup(context.views).Holds(tenant)) {
    answer.text += ToJson(ShownHold{contact, at}) + "\n";
  }
  return answer;
}

// The command line asks again and again: operations wait for each other, and this takes hours.
Result<OpsAnswer> AskToClean(const OpsContext& context) {
  context.clean();
  const InstanceFacts facts = context.facts();
  return OpsAnswer{ToJson(ShownCleaning{!facts.cleaning_due_since, facts.cleaning_due_since,
                                        facts.cleaning_waits_for}) +
                   "\n"};
}

Result<OpsAnswer> Erase(const OpsContext& context, const OpsRequest& request,
                        const TenantId& tenant) {
  if (WaitsOnly(request)) return AskToClean(context);
  if (!IsOneErasure(request)) {
    return MissingArgument(
        "--contact, --actor or both; --contact and --past; --months-before; or only --wait");
  }
  std::optional<ContactId> contact;
  if (request.contact) contact = ContactId{*request.contact};
  if (request.months_before) {
    return Run(context, request, tenant, EraseMonths{*request.months_before, context.clock()}, {});
  }
  if (request.past.value_or(false)) {
    return Run(context, request, tenant, ErasePast{*contact}, contact);
  }
  const auto person = PersonIn(request, contact);
  if (!person.ok()) return person.error();
  return Run(context, request, tenant, *person, contact);
}

Result<OpsAnswer> PlaceHold(const OpsContext& context, const OpsRequest& request,
                            const TenantId& tenant) {
  const contacts::PlaceHold place{ContactId{*request.contact}};
  if (const auto error = SubmitAsOperator(context, request, tenant, place)) return *error;
  return OpsAnswer{ToJson(ShownHoldChange{place.contact_id, true}) + "\n"};
}

Result<OpsAnswer> LiftHold(const OpsContext& context, const OpsRequest& request,
                           const TenantId& tenant) {
  const contacts::LiftHold lift{ContactId{*request.contact}};
  if (const auto error = SubmitAsOperator(context, request, tenant, lift)) return *error;
  return OpsAnswer{ToJson(ShownHoldChange{lift.contact_id, false}) + "\n"};
}

using Kind = Argument::Kind;

Argument HeldContact() {
  return {"--contact", Kind::kSequence, &OpsRequest::contact, "Id of the contact", "a contact"};
}

}  // namespace

std::vector<Operation> ErasureOperations() {
  return {
      {"erase",
       "Erase a person, or a person's past, from the history, the views and the feeds",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the person"),
        {"--contact", Kind::kSequence, &OpsRequest::contact, "Id of the contact"},
        {"--actor", Kind::kText, &OpsRequest::actor,
         "An actor, as records name it: 7, ext:u-77 or operator:jo"},
        {"--ground",
         Kind::kText,
         &OpsRequest::ground,
         "Letter of Article 17(1) GDPR",
         "",
         {"a", "b", "c", "d", "e", "f"}},
        {"--past", Kind::kFlag, &OpsRequest::past,
         "Erase what was recorded about the contact so far; what it is now stays"},
        {"--months-before", Kind::kText, &OpsRequest::months_before,
         "Erase who acted before this month, 2026-05, for everybody"},
        {"--wait", Kind::kFlag, &OpsRequest::wait,
         "Wait until the bytes are gone from the files of this server, too"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) { return Erase(c, r, t); }},
      {"hold",
       "Place a legal hold on a contact, which forbids to erase it",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the contact"), HeldContact()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return PlaceHold(c, r, t);
       }},
      {"unhold",
       "Lift the legal hold on a contact",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the contact"), HeldContact()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return LiftHold(c, r, t);
       }},
      {"holds",
       "List the contacts under legal hold",
       Operation::Place::kReadOnly,
       {Argument::Tenant("Tenant of the contacts")},
       [](const OpsContext& c, const OpsRequest&, const TenantId& t) { return ListHolds(c, t); }}};
}

}  // namespace contacts::ops
