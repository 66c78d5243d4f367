#include "command/validation.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>

#include "command/email_rule.h"
#include "events/json/json_archive.h"
#include "events/values/precis.h"
#include "events/values/unicode.h"

namespace contacts {
namespace {

size_t Characters(std::string_view utf8) {
  size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

// A decoded name keeps a lone surrogate as the three bytes ED A0–BF xx, which no UTF-8 text holds.
bool HasLoneSurrogate(std::string_view name) {
  for (size_t i = 0; i + 1 < name.size(); ++i) {
    if (name[i] == '\xED' && static_cast<unsigned char>(name[i + 1]) >= 0xA0) return true;
  }
  return false;
}

// The contract strips only ASCII white space from an e-mail.
unicode::Trimmed TrimmedEmail(std::string_view text) {
  static constexpr const char* kSpace = " \t\n\v\f\r";
  const size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
  text.remove_prefix(begin);
  return {text.substr(0, text.find_last_not_of(kSpace) + 1), begin + 1};
}

std::string TooLong(size_t most, size_t length) {
  return "must have at most " + std::to_string(most) + " characters, not " + std::to_string(length);
}

// Replaces the text by a part of it.
void Keep(std::string_view part, std::string* text) {
  if (part.size() != text->size()) *text = std::string(part);
}

// Whether a reader turns the JSON number into a finite double. A number too small becomes zero.
bool IsFinite(std::string_view number) {
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  // from_chars reports "out of range" for too large and too small, so strtod tells them apart. The
  // copy is made only for these rare numbers.
  return read.ec == std::errc() || std::isfinite(std::strtod(std::string(number).c_str(), nullptr));
}

// Walks a type's field list and checks each value against its rule.
class Validator : public cereal::InputArchive<Validator> {
 public:
  explicit Validator(Faults* faults) : cereal::InputArchive<Validator>(this), faults_(*faults) {}

  void Check(const char* name, const FieldRule& rule, std::string* text) {
    switch (rule.form) {
      case FieldRule::Form::kText:
        return CheckText(name, rule, text);
      case FieldRule::Form::kNewName:
        return CheckNewName(name, rule, text);
      case FieldRule::Form::kStoredName:
        return CheckStoredName(name, rule, text);
      case FieldRule::Form::kEmail:
        return CheckEmail(name, rule, text);
      default:
        return;
    }
  }
  // Does not parse a text that is too large.
  void Check(const char* name, const FieldRule& rule, RawJson* json) {
    if (json->text.size() > rule.max_length) {
      return Fault(name, {"must have at most ", std::to_string(rule.max_length),
                          " bytes without white space"});
    }
    const Result<json::Document> document = json::Document::Parse(json->text);
    if (!document) return Fault(name, {document.error().message});
    CheckMetadata(JsonPath{&root_, name}, *document, document->root(), 1);
  }
  template <class T>
  void Check(const char* name, const FieldRule& rule, std::optional<T>* value) {
    if (*value) Check(name, rule, &**value);
  }
  template <class T>
  void Check(const char* name, const FieldRule& rule, Maybe<T>* value) {
    if (*value) Check(name, rule, &**value);
  }
  template <class T>
  void Check(const char*, const FieldRule&, T*) {}

 private:
  void Fault(const char* name, std::initializer_list<std::string_view> message) {
    faults_.Add(JsonPath{&root_, name}, message);
  }

  void CheckText(const char* name, const FieldRule& rule, std::string* text) {
    const unicode::Trimmed trimmed = unicode::Trim(*text);
    const auto fault = unicode::FaultOfText(trimmed);
    if (fault) Fault(name, {*fault});
    if (!fault && !unicode::HasVisible(trimmed.text)) {
      if (rule.min_length > 0) Fault(name, {NothingVisible(trimmed)});
      return text->clear();
    }
    CheckLength(name, rule, trimmed.text);
    Keep(trimmed.text, text);
  }

  void CheckStoredName(const char* name, const FieldRule& rule, std::string* text) {
    const unicode::Trimmed trimmed = unicode::Trim(*text);
    if (trimmed.text.empty()) Fault(name, {"must not be empty"});
    CheckLength(name, rule, trimmed.text);
    Keep(trimmed.text, text);
  }

  void CheckNewName(const char* name, const FieldRule& rule, std::string* text) {
    const size_t shift = unicode::Trim(*text).first - 1;
    const size_t before = faults_.count();
    CheckText(name, rule, text);
    if (faults_.count() > before) return;
    const std::string folded = FoldUserName(*text);  // can be longer than the text
    CheckLength(name, rule, folded);
    if (const auto fault = FaultOfUserName(folded, shift)) Fault(name, {*fault});
  }

  static std::string NothingVisible(const unicode::Trimmed& trimmed) {
    if (trimmed.text.empty()) return "must not be empty";
    const unicode::Character first{unicode::FirstOf(trimmed.text).code, trimmed.first};
    return "must have a character that can be seen, not only " + first.Shown();
  }

  void CheckLength(const char* name, const FieldRule& rule, std::string_view text) {
    const size_t length = Characters(text);
    if (length > rule.max_length) Fault(name, {TooLong(rule.max_length, length)});
  }

  void CheckEmail(const char* name, const FieldRule& rule, std::string* text) {
    const unicode::Trimmed trimmed = TrimmedEmail(*text);
    if (trimmed.text.size() > rule.max_length) {
      Fault(name, {"must have at most ", std::to_string(rule.max_length), " characters"});
    } else if (!IsEmail(trimmed.text)) {
      Fault(name, {"must be an e-mail address, as in jane@example.com", WrongInEmail(trimmed)});
    }
    Keep(trimmed.text, text);
  }

  static std::string WrongInEmail(const unicode::Trimmed& email) {
    const auto wrong = FirstWrongInEmail(email.text);
    if (!wrong) return "";
    const char32_t code = unicode::FirstOf(email.text.substr(*wrong)).code;
    // The text before the wrong byte is ASCII, so its offset is its position.
    return "; it cannot hold " + unicode::Character{code, *wrong + email.first}.Shown();
  }

  // Refuses numbers that readers turn into infinity, and texts without a UTF-8 form, because a
  // client could not read them back unchanged.
  void CheckMetadata(const JsonPath& path, const json::Document& document, const json::Node& node,
                     int depth) {
    if (depth > rules::kMetadata.max_depth) {
      return faults_.Add(
          path, {"must be nested at most ", std::to_string(rules::kMetadata.max_depth), " levels"});
    }
    std::string text;
    if (node.kind == json::Kind::kNumber && !IsFinite(document.Raw(node))) {
      faults_.Add(path, "must be a finite number");
    }
    if (node.kind == json::Kind::kString && !document.Text(node, &text)) {
      faults_.Add(path, "holds a surrogate without its pair");
    }
    size_t index = 0;
    for (uint32_t i = node.first; i != 0; i = document.at(i).next, ++index) {
      const json::Node& child = document.at(i);
      const int child_depth = depth + (child.kind >= json::Kind::kArray ? 1 : 0);
      if (node.kind == json::Kind::kArray) {
        const std::string name = std::to_string(index);
        CheckMetadata(JsonPath{&path, name}, document, child, child_depth);
      } else if (child.has_escaped_name && HasLoneSurrogate(document.Name(child))) {
        faults_.Add(JsonPath{&path, document.RawName(child)},
                    "has a surrogate without its pair in its name");
      } else {
        CheckMetadata(JsonPath{&path, document.RawName(child), JsonPath::Spelling::kWritten},
                      document, child, child_depth);
      }
    }
  }

  const JsonPath root_;
  Faults& faults_;
};

template <class T>
void CEREAL_LOAD_FUNCTION_NAME(Validator& ar, Field<T>& field) {
  ar.Check(field.name, field.rule, &field.value);
}

template <class T>
bool ValidateFields(T* command, Faults* faults) {
  const size_t before = faults->count();
  Validator validator(faults);
  command->serialize(validator);
  return faults->count() == before;
}

// `given` is the untrimmed text, so that positions count as its reader does. Returns nothing for a
// text in which CheckText finds a fault, so that no fault is reported twice.
std::optional<std::string> FaultOfGivenName(std::string_view given) {
  const unicode::Trimmed trimmed = unicode::Trim(given);
  if (unicode::FaultOfText(trimmed) || !unicode::HasVisible(trimmed.text)) return std::nullopt;
  return FaultOfName(trimmed);
}

template <class T>
bool ValidateWithName(T* command, const char* pointer, const std::string& name, Faults* faults) {
  const std::optional<std::string> fault = FaultOfGivenName(name);
  const bool fits = ValidateFields(command, faults);
  if (fault) faults->Add(pointer, *fault);
  return fits && !fault;
}

}  // namespace

bool Validate(CreateContact* command, Faults* faults) { return ValidateFields(command, faults); }

bool Validate(ContactPart* patch, Faults* faults) { return ValidateFields(patch, faults); }

bool Validate(AddUser* command, Faults* faults) {
  return ValidateWithName(command, "/role", command->role, faults);
}

bool Validate(IssueToken* command, Faults* faults) {
  return ValidateWithName(command, "/name", command->name, faults);
}

std::optional<std::string> FaultOfReason(std::string* reason) {
  constexpr size_t kMostCharacters = 500;
  // A line end at either end was percent-encoded on purpose, so it is a fault and not trimmed.
  if (auto fault = unicode::FaultOfText({*reason})) return fault;
  const unicode::Trimmed trimmed = unicode::Trim(*reason);
  const size_t length = Characters(trimmed.text);
  if (length > kMostCharacters) return TooLong(kMostCharacters, length);
  Keep(unicode::HasVisible(trimmed.text) ? trimmed.text : "", reason);
  return std::nullopt;
}

std::optional<std::string> FaultOfOperatorName(std::string* name) {
  constexpr size_t kMostCharacters = 254;
  const unicode::Trimmed trimmed = unicode::Trim(*name);
  if (auto fault = unicode::FaultOfText(trimmed)) return fault;
  if (!unicode::HasVisible(trimmed.text)) return "must have a character that can be seen";
  // The folded name is the actor, which people read, and by which its records are found again.
  const std::string folded = FoldUserName(trimmed.text);
  if (auto fault = FaultOfUserName(folded, trimmed.first - 1)) return fault;
  const size_t length = std::max(Characters(trimmed.text), Characters(folded));
  if (length > kMostCharacters) return TooLong(kMostCharacters, length);
  Keep(trimmed.text, name);
  return std::nullopt;
}

bool Validate(ChangeUser* command, Faults* faults) {
  return ValidateWithName(command, "/role", command->role.value_or(""), faults);
}

}  // namespace contacts
