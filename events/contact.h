// The contact, as the HTTP contract has it.
#pragma once

#include <optional>
#include <string>

#include "events/values/field.h"

namespace contacts {

enum class ContactType { kInternal, kExternal, kVendor, kClient };

template <>
struct EnumNames<ContactType> {
  static constexpr std::pair<ContactType, std::string_view> names[] = {
      {ContactType::kInternal, "internal"},
      {ContactType::kExternal, "external"},
      {ContactType::kVendor, "vendor"},
      {ContactType::kClient, "client"}};
};

namespace rules {
inline constexpr FieldRule kFullName{FieldRule::Form::kText, 1, 320};
inline constexpr FieldRule kShortText{FieldRule::Form::kText, 0, 320};
inline constexpr FieldRule kEmail{FieldRule::Form::kEmail, 3, 254};
inline constexpr FieldRule kMetadata{FieldRule::Form::kMetadata, 0, 16 * 1024, false, 16};
inline constexpr FieldRule kDefaultedFlag{FieldRule::Form::kBoolean, 0, 0, true};
}  // namespace rules

// The fields that users set and change. std::optional: nullable. `Of`: what is kept of each field,
// so that whole contacts and parts of them have one list.
template <template <class> class Of>
struct ContactFieldsOf {
  Of<std::string> full_name = {};
  Of<std::optional<std::string>> mention_name = {};
  Of<std::string> email = {};  // trimmed, case kept; unique by FoldEmail
  Of<std::optional<std::string>> phone = {};
  Of<std::optional<std::string>> company = {};
  Of<std::optional<std::string>> title = {};
  Of<std::optional<std::string>> department = {};
  Of<ContactType> type = {};
  Of<bool> is_active = Initially<Of>(true);
  Of<std::optional<RawJson>> metadata = {};  // an object

  bool operator==(const ContactFieldsOf&) const = default;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Personal("fullName", full_name, rules::kFullName),
       Personal("mentionName", mention_name, rules::kShortText),
       Personal("email", email, rules::kEmail), Personal("phone", phone, rules::kShortText),
       Personal("company", company, rules::kShortText), Personal("title", title, rules::kShortText),
       Personal("department", department, rules::kShortText), Field("type", type),
       Field("isActive", is_active, rules::kDefaultedFlag),
       Personal("metadata", metadata, rules::kMetadata));
  }
};

using ContactFields = ContactFieldsOf<Itself>;

// Some of a contact's fields: the values of those that a change set, or that it replaced. As JSON,
// the others are left out.
using ContactPart = ContactFieldsOf<Maybe>;

ContactPart WholePart(ContactFields fields);

// The fields that differ: as they are in `before` and in `after`. Metadata differs if its text
// does.
struct ContactDifference {
  ContactPart before;
  ContactPart after;
};
ContactDifference DifferenceOf(ContactFields before, ContactFields after);
// Replaces the fields that the part has.
void SetPart(ContactPart part, ContactFields* fields);
bool IsEmpty(const ContactPart& part);

struct Contact {
  ContactId id;
  ContactFields fields;
  Timestamp created_at;
  Timestamp updated_at;

  bool operator==(const Contact&) const = default;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id));
    fields.serialize(ar);
    ar(Field("createdAt", created_at), Field("updatedAt", updated_at));
  }
};

// The key by which an e-mail is unique in its tenant: trimmed of U+0009–000D and U+0020, ASCII
// lower case. Frozen: another folding would change what "taken" means for history already written.
std::string FoldEmail(std::string_view email);

}  // namespace contacts
