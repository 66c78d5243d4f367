#include "events/values/precis.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <vector>

namespace contacts {
namespace {

using icu::Normalizer2;
using icu::UnicodeString;

// No name or password has more bytes, in any normal form. Without a bound, sorting the marks of a
// text would take time that grows with the square of its length.
constexpr size_t kMostBytes = 4096;

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

UnicodeString FromUtf8(std::string_view text) {
  return UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

// The library owns the normalizer. It lacks the data only if it is not installed completely.
const Normalizer2& Normalizer(const Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode fault = U_ZERO_ERROR;
  const Normalizer2* const found = get(fault);
  if (U_FAILURE(fault)) throw std::runtime_error("ICU has no data for normal forms");
  return *found;
}
const Normalizer2& Nfc() { return Normalizer(Normalizer2::getNFCInstance); }
const Normalizer2& Nfkc() { return Normalizer(Normalizer2::getNFKCInstance); }

UnicodeString Normalized(const Normalizer2& normalizer, const UnicodeString& text) {
  UErrorCode fault = U_ZERO_ERROR;
  UnicodeString normal = normalizer.normalize(text, fault);
  if (U_FAILURE(fault)) throw std::runtime_error("ICU cannot normalize a text");
  return normal;
}

template <class Take>
void ForEach(const UnicodeString& text, const Take& take) {
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) take(text.char32At(at));
}

UnicodeString WithUsualWidth(const UnicodeString& text) {
  UnicodeString usual;
  ForEach(text, [&](UChar32 c) {
    const int32_t kind = u_getIntPropertyValue(c, UCHAR_DECOMPOSITION_TYPE);
    UnicodeString narrow;
    if ((kind == U_DT_WIDE || kind == U_DT_NARROW) && Nfkc().getRawDecomposition(c, narrow)) {
      usual.append(narrow);
    } else {
      usual.append(c);
    }
  });
  return usual;
}

bool IsIn(UChar32 c, UChar32 first, UChar32 last) { return c >= first && c <= last; }

// RFC 8264, 9.6: the characters whose class does not follow from their properties.
enum class Exception { kNone, kValid, kInContext, kDisallowed };
Exception ExceptionOf(UChar32 c) {
  switch (c) {
    case 0x00DF:
    case 0x03C2:
    case 0x06FD:
    case 0x06FE:
    case 0x0F0B:
    case 0x3007:
      return Exception::kValid;
    case 0x00B7:
    case 0x0375:
    case 0x05F3:
    case 0x05F4:
    case 0x30FB:
      return Exception::kInContext;
    case 0x0640:
    case 0x07FA:
    case 0x302E:
    case 0x302F:
    case 0x303B:
      return Exception::kDisallowed;
    default:
      break;
  }
  if (IsIn(c, 0x0660, 0x0669) || IsIn(c, 0x06F0, 0x06F9)) return Exception::kInContext;
  return IsIn(c, 0x3031, 0x3035) ? Exception::kDisallowed : Exception::kNone;
}

// The characters of a folded name, judged one by one and in their context.
class Name {
 public:
  explicit Name(const UnicodeString& text) {
    ForEach(text, [this](UChar32 c) { text_.push_back(c); });
  }

  size_t size() const { return text_.size(); }
  UChar32 operator[](size_t i) const { return text_[i]; }

  bool IsFit(size_t i) const {
    const UChar32 c = text_[i];
    if (c == ' ') return true;
    switch (ExceptionOf(c)) {
      case Exception::kValid:
        return true;
      case Exception::kDisallowed:
        return false;
      case Exception::kInContext:
        return FitsContext(i);
      case Exception::kNone:
        break;
    }
    if (IsIn(c, 0x21, 0x7E)) return true;
    if (c == kJoiner || c == kNonJoiner) return FitsContext(i);
    constexpr uint32_t kLetterDigits = U_GC_LL_MASK | U_GC_LU_MASK | U_GC_LO_MASK | U_GC_ND_MASK |
                                       U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK;
    return (U_GET_GC_MASK(c) & kLetterDigits) != 0 && !IsOldJamo(c) &&
           u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0 &&
           Normalized(Nfkc(), UnicodeString(c)) == UnicodeString(c);
  }

  // The first character that breaks the bidi rule (RFC 5893, 2); size(): no character does.
  size_t BreaksDirection() const {
    const auto right = [](UChar32 c) {
      return IsOne(c, {U_RIGHT_TO_LEFT, U_RIGHT_TO_LEFT_ARABIC, U_ARABIC_NUMBER});
    };
    const auto first = std::find_if(text_.begin(), text_.end(), right);
    if (first == text_.end()) return size();
    if (u_charDirection(text_[0]) == U_LEFT_TO_RIGHT) {
      return static_cast<size_t>(first - text_.begin());
    }
    if (!IsOne(text_[0], {U_RIGHT_TO_LEFT, U_RIGHT_TO_LEFT_ARABIC})) return 0;
    return BreaksRightToLeft();
  }

 private:
  static constexpr UChar32 kNonJoiner = 0x200C;
  static constexpr UChar32 kJoiner = 0x200D;

  static bool IsOne(UChar32 c, std::initializer_list<UCharDirection> directions) {
    return std::find(directions.begin(), directions.end(), u_charDirection(c)) != directions.end();
  }
  static bool IsOldJamo(UChar32 c) {
    const int32_t kind = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
    return kind == U_HST_LEADING_JAMO || kind == U_HST_VOWEL_JAMO || kind == U_HST_TRAILING_JAMO;
  }
  static UScriptCode ScriptOf(UChar32 c) {
    UErrorCode fault = U_ZERO_ERROR;
    return uscript_getScript(c, &fault);
  }

  UChar32 Before(size_t i) const { return i > 0 ? text_[i - 1] : 0; }
  UChar32 After(size_t i) const { return i + 1 < size() ? text_[i + 1] : 0; }
  bool HasAny(UChar32 first, UChar32 last) const {
    return std::any_of(text_.begin(), text_.end(), [&](UChar32 c) { return IsIn(c, first, last); });
  }

  // Whether the character may stand in its context (RFC 5892, appendix A).
  bool FitsContext(size_t i) const {
    constexpr uint8_t kVirama = 9;
    switch (const UChar32 c = text_[i]) {
      case kNonJoiner:
        return u_getCombiningClass(Before(i)) == kVirama || JoinsAcross(i);
      case kJoiner:
        return u_getCombiningClass(Before(i)) == kVirama;
      case 0x00B7:
        return Before(i) == 'l' && After(i) == 'l';
      case 0x0375:
        return ScriptOf(After(i)) == USCRIPT_GREEK;
      case 0x05F3:
      case 0x05F4:
        return ScriptOf(Before(i)) == USCRIPT_HEBREW;
      case 0x30FB:
        return std::any_of(text_.begin(), text_.end(), [](UChar32 other) {
          const UScriptCode script = ScriptOf(other);
          return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA || script == USCRIPT_HAN;
        });
      default:  // Arabic digits: only one of the two kinds in a name
        return IsIn(c, 0x0660, 0x0669) ? !HasAny(0x06F0, 0x06F9) : !HasAny(0x0660, 0x0669);
    }
  }

  // Whether joining letters stand on both sides, with only transparent characters between.
  bool JoinsAcross(size_t i) const {
    const auto joining = [this](size_t at) {
      return static_cast<UJoiningType>(u_getIntPropertyValue(text_[at], UCHAR_JOINING_TYPE));
    };
    size_t before = i;
    while (before > 0 && joining(before - 1) == U_JT_TRANSPARENT) --before;
    size_t after = i + 1;
    while (after < size() && joining(after) == U_JT_TRANSPARENT) ++after;
    if (before == 0 || after == size()) return false;
    const UJoiningType left = joining(before - 1), right = joining(after);
    return (left == U_JT_LEFT_JOINING || left == U_JT_DUAL_JOINING) &&
           (right == U_JT_RIGHT_JOINING || right == U_JT_DUAL_JOINING);
  }

  size_t BreaksRightToLeft() const {
    size_t last = size();  // after the last character that is not a mark
    while (last > 0 && IsOne(text_[last - 1], {U_DIR_NON_SPACING_MARK})) --last;
    const bool has_arabic_numbers = std::any_of(
        text_.begin(), text_.end(), [](UChar32 c) { return IsOne(c, {U_ARABIC_NUMBER}); });
    for (size_t i = 0; i < size(); ++i) {
      const UChar32 c = text_[i];
      if (u_charDirection(c) == U_LEFT_TO_RIGHT) return i;
      if (has_arabic_numbers && u_charDirection(c) == U_EUROPEAN_NUMBER) return i;
      const bool may_end =
          IsOne(c, {U_RIGHT_TO_LEFT, U_RIGHT_TO_LEFT_ARABIC, U_EUROPEAN_NUMBER, U_ARABIC_NUMBER});
      if (i + 1 == last && !may_end) return i;
    }
    return size();
  }

  std::vector<UChar32> text_;
};

UnicodeString Mapped(const UnicodeString& name) {
  UnicodeString mapped = WithUsualWidth(name);
  mapped.toLower(icu::Locale::getRoot());
  return Normalized(Nfc(), mapped);
}

}  // namespace

std::string FoldUserName(std::string_view name) {
  name = unicode::Trim(name).text;
  if (IsAscii(name) || name.size() > kMostBytes) {
    std::string folded(name);
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return folded;
  }
  // One step may make what another would change, so the steps are repeated until nothing changes
  // (RFC 8264, 7).
  constexpr int kMostRounds = 4;
  UnicodeString folded = FromUtf8(name);
  for (int round = 0; round < kMostRounds; ++round) {
    UnicodeString next = Mapped(folded);
    if (next == folded) break;
    folded = std::move(next);
  }
  std::string utf8;
  return folded.toUTF8String(utf8);
}

std::optional<std::string> FaultOfUserName(std::string_view folded, size_t shift) {
  if (IsAscii(folded)) return std::nullopt;
  const Name name(FromUtf8(folded));
  const auto shown = [&](size_t i) {
    return unicode::Character{static_cast<char32_t>(name[i]), i + 1 + shift}.Shown();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    if (!name.IsFit(i)) return "must hold letters, digits and visible ASCII only: " + shown(i);
  }
  const size_t breaks = name.BreaksDirection();
  if (breaks == name.size()) return std::nullopt;
  return "must be written in one direction: " + shown(breaks);
}

std::optional<std::string> FaultOfName(const unicode::Trimmed& text) {
  if (IsAscii(text.text)) return std::nullopt;
  const Name name(FromUtf8(text.text));
  for (size_t i = 0; i < name.size(); ++i) {
    const auto code = static_cast<char32_t>(name[i]);
    if (!unicode::IsInvisible(code) || name.IsFit(i)) continue;
    return "must not hold characters that cannot be seen: " +
           unicode::Character{code, i + text.first}.Shown();
  }
  return std::nullopt;
}

std::string PreparePassword(std::string_view text) {
  if (IsAscii(text) || text.size() > kMostBytes) return std::string(text);
  UnicodeString spaced;
  ForEach(FromUtf8(text),
          [&](UChar32 c) { spaced.append(u_charType(c) == U_SPACE_SEPARATOR ? 0x20 : c); });
  std::string utf8;
  return Normalized(Nfc(), spaced).toUTF8String(utf8);
}

}  // namespace contacts
