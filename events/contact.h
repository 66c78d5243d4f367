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

// The fields that users set and change. std::optional: nullable.
struct ContactFields {
  std::string full_name;
  std::optional<std::string> mention_name;
  std::string email;  // trimmed, case kept; unique by FoldEmail
  std::optional<std::string> phone;
  std::optional<std::string> company;
  std::optional<std::string> title;
  std::optional<std::string> department;
  ContactType type = ContactType::kInternal;
  bool is_active = true;
  std::optional<RawJson> metadata;  // an object

  bool operator==(const ContactFields&) const = default;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("fullName", full_name, rules::kFullName),
       Field("mentionName", mention_name, rules::kShortText), Field("email", email, rules::kEmail),
       Field("phone", phone, rules::kShortText), Field("company", company, rules::kShortText),
       Field("title", title, rules::kShortText), Field("department", department, rules::kShortText),
       Field("type", type), Field("isActive", is_active, rules::kDefaultedFlag),
       Field("metadata", metadata, rules::kMetadata));
  }
};

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
