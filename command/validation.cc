#include "command/validation.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>

#include "command/email_rule.h"
#include "events/json/json_archive.h"

namespace contacts {
namespace {

size_t Characters(std::string_view utf8) {
  size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

// Unicode's category Cc: U+0000–001F and U+007F–009F.
bool HasControl(std::string_view utf8) {
  for (size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x20 || c == 0x7F) return true;
    if (c == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0) {
      return true;
    }
  }
  return false;
}

// A decoded name keeps a lone surrogate as the three bytes ED A0–BF xx, which no UTF-8 text has.
bool HasLoneSurrogate(std::string_view name) {
  for (size_t i = 0; i + 1 < name.size(); ++i) {
    if (name[i] == '\xED' && static_cast<unsigned char>(name[i + 1]) >= 0xA0) return true;
  }
  return false;
}

std::string Trimmed(const std::string& text) {
  static constexpr const char* kSpace = " \t\n\v\f\r";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// A JSON number is one that a reader turns into infinity or not; what is too small is zero to it.
bool IsFinite(std::string_view number) {
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  // Out of range says either; the copy is for numbers of which there are few.
  return read.ec == std::errc() || std::isfinite(std::strtod(std::string(number).c_str(), nullptr));
}

// Walks a type's field list and holds each value against its rule.
class Validator : public cereal::InputArchive<Validator> {
 public:
  explicit Validator(Faults* faults) : cereal::InputArchive<Validator>(this), faults_(*faults) {}

  void Check(const char* name, const FieldRule& rule, std::string* text) {
    if (rule.form == FieldRule::Form::kText) CheckText(name, rule, text);
    if (rule.form == FieldRule::Form::kEmail) CheckEmail(name, rule, text);
  }
  // What is too large is not looked into.
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
  void Check(const char*, const FieldRule&, T*) {}

 private:
  void Fault(const char* name, std::initializer_list<std::string_view> message) {
    faults_.Add(JsonPath{&root_, name}, message);
  }

  void CheckText(const char* name, const FieldRule& rule, std::string* text) {
    *text = Trimmed(*text);
    if (HasControl(*text)) Fault(name, {"must not hold control characters"});
    const size_t length = Characters(*text);
    if (length < rule.min_length) Fault(name, {"must not be empty"});
    if (length > rule.max_length) {
      Fault(name, {"must have at most ", std::to_string(rule.max_length), " characters, not ",
                   std::to_string(length)});
    }
  }

  void CheckEmail(const char* name, const FieldRule& rule, std::string* text) {
    *text = Trimmed(*text);
    if (text->size() > rule.max_length) {
      Fault(name, {"must have at most ", std::to_string(rule.max_length), " characters"});
    } else if (!IsEmail(*text)) {
      Fault(name, {"must be an e-mail address, as in jane@example.com"});
    }
  }

  // A number that a reader turns into infinity, or text that has no UTF-8 form, would not come back
  // as it was given.
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

}  // namespace

bool Validate(CreateContact* command, Faults* faults) { return ValidateFields(command, faults); }

bool Validate(AddUser* command, Faults* faults) { return ValidateFields(command, faults); }

bool Validate(IssueToken* command, Faults* faults) { return ValidateFields(command, faults); }

bool Validate(ChangeUser* command, Faults* faults) { return ValidateFields(command, faults); }

}  // namespace contacts
