#include <algorithm>
#include <string>
#include <utility>

#include "command/rules/subjects.h"
#include "command/validation.h"
#include "events/erasure.h"
#include "events/json/merge_patch.h"

namespace contacts::rules {
namespace {

// Only the operator can raise the limit, so clients are told to retry after an hour.
Error TooManyContacts(int64_t limit) {
  return {ErrorCode::kTooManyRequests,
          "the tenant has reached its limit of contacts: " + std::to_string(limit),
          {},
          3600};
}

Error EmailTaken(const TenantState& state, ContactId holder) {
  Error error{ErrorCode::kEmailTaken, "a contact with this e-mail exists already"};
  SetHolder(state, holder, &error);
  return error;
}

// A contact that changed meanwhile, and not as the client has it.
Error Changed(ContactId contact) {
  return {ErrorCode::kPreconditionFailed,
          Named(contact) + " was changed since: If-Match names no ETag that it has now"};
}

bool IsAsExpected(const TenantState& state, const ContactModel& contact,
                  const std::vector<Position>& expected) {
  return std::any_of(expected.begin(), expected.end(), [&](const Position& position) {
    return position.sequence == contact.changed && !state.IsLost(position);
  });
}

// The metadata after its merge patch; an error if it has become too large or too deep. Both texts
// are valid JSON, since they were checked when they came.
Result<RawJson> Merged(const std::optional<RawJson>& metadata, const RawJson& patch) {
  const std::string before = metadata ? metadata->text : "{}";
  const auto target = json::Document::Parse(before);
  const auto merge = json::Document::Parse(patch.text);
  if (!target) return target.error();
  if (!merge) return merge.error();
  ContactPart merged;
  merged.metadata.emplace(RawJson{json::MergePatch(*target, *merge)});
  Faults faults;
  if (!Validate(&merged, &faults)) {
    return Error{ErrorCode::kBadRequest,
                 "The contact's metadata cannot be changed so: it " + faults.kept().front().message,
                 faults.kept()};
  }
  return **std::move(merged.metadata);
}

}  // namespace

Error NoContact(ContactId contact) {
  return {ErrorCode::kNotFound, "there is no " + Named(contact)};
}

Result<ContactModel> ShownContact(const TenantState& state, ContactId id) {
  auto contact = state.ContactById(id);
  if (!contact) return NoContact(id);
  if (contact->IsErased()) return IsErased(Named(id), contact->erased);
  // Its key is gone, and the record that says so is on its way.
  if (!contact->IsShown()) return IsErased(Named(id), contact->last);
  return *std::move(contact);
}

std::vector<UserModel> UsersOf(const TenantState& state, ContactId contact) {
  std::vector<UserModel> users;
  for (const std::string& actor : state.ActorsOf(contact)) {
    auto user = state.UserById(UserId{actor});
    if (user && user->contact_id == contact) users.push_back(*std::move(user));
  }
  return users;
}

void SetHolder(const TenantState& state, const std::optional<ContactId>& contact, Error* error) {
  if (!contact) return;
  error->contact_id = contact;
  const auto found = state.ContactById(*contact);
  if (found) error->is_active = found->contact.fields.is_active;
}

Decision DecideOn(const TenantState& state, const CreateContact& create) {
  const std::string folded = FoldEmail(create.fields.email);
  if (const auto holder = state.ContactByEmail(folded)) return EmailTaken(state, *holder);
  ContactCreated event;
  event.id = ContactId{state.model().last_contact_id.value + 1};
  event.fields = create.fields;
  if (create.can_login) {
    if (const auto holder = state.UserByName(folded)) return UserNameTaken(state, *holder);
    const bool internal = create.fields.type == ContactType::kInternal;
    event.account = Account{NextUserId(state), folded, internal ? "member" : "client"};
  }
  const TenantModel& tenant = state.model();
  if (tenant.contact_limit && tenant.contacts >= *tenant.contact_limit) {
    return TooManyContacts(*tenant.contact_limit);
  }
  return Event(std::move(event));
}

Decision DecideOn(const TenantState& state, const ChangeContact& change) {
  auto contact = ShownContact(state, change.contact_id);
  if (!contact) return contact.error();
  if (change.if_changed_at && !IsAsExpected(state, *contact, *change.if_changed_at)) {
    return Changed(change.contact_id);
  }
  ContactFields after = contact->contact.fields;
  ContactPart patch = change.patch;
  if (patch.metadata && *patch.metadata) {
    auto merged = Merged(after.metadata, **patch.metadata);
    if (!merged) return merged.error();
    patch.metadata.emplace(*std::move(merged));
  }
  SetPart(std::move(patch), &after);
  ContactDifference difference = DifferenceOf(std::move(contact->contact.fields), std::move(after));
  if (IsEmpty(difference.after)) {
    return NothingChanged{ChangeContact::kName, change.contact_id, std::nullopt};
  }
  if (difference.after.email) {
    const auto holder = state.ContactByEmail(FoldEmail(*difference.after.email));
    if (holder && *holder != change.contact_id) return EmailTaken(state, *holder);
  }
  ContactChanged event{change.contact_id, std::move(difference.before),
                       std::move(difference.after)};
  const bool is_deactivated = event.after.is_active && !*event.after.is_active;
  if (is_deactivated) {
    for (UserModel& user : UsersOf(state, change.contact_id)) {
      event.users_ended.push_back(std::move(user.user_id));
    }
  }
  return Event(std::move(event));
}

}  // namespace contacts::rules
