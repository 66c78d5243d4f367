#include "events/values/unicode.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace contacts::unicode {
namespace {

constexpr char kUpperHex[] = "0123456789ABCDEF";
constexpr char kLowerHex[] = "0123456789abcdef";

UChar32 Icu(char32_t code) { return static_cast<UChar32>(code); }

// Nearly every text is visible ASCII and spaces.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool IsNoncharacter(char32_t code) { return U_IS_UNICODE_NONCHAR(Icu(code)) != 0; }

bool IsSpace(char32_t code) { return u_isUWhiteSpace(Icu(code)) != 0; }

// Blank characters whose category is that of visible ones.
bool IsBlank(char32_t code) {
  constexpr std::array<char32_t, 4> kBlank = {0x2800, 0x13441, 0x13442, 0x1D159};
  return std::find(kBlank.begin(), kBlank.end(), code) != kBlank.end();
}

bool IsIgnorable(char32_t code) {
  return u_hasBinaryProperty(Icu(code), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

bool IsVisible(char32_t code) {
  if (code < 0x80) return IsVisibleAscii(static_cast<char>(code));
  constexpr uint32_t kNothing = U_GC_Z_MASK | U_GC_M_MASK | U_GC_CC_MASK | U_GC_CF_MASK;
  return (U_GET_GC_MASK(Icu(code)) & kNothing) == 0 && !IsIgnorable(code) &&
         !IsNoncharacter(code) && !IsBlank(code);
}

bool IsSteering(char32_t code) {
  return IsControl(code) || code == 0x2028 || code == 0x2029 ||
         u_hasBinaryProperty(Icu(code), UCHAR_BIDI_CONTROL) != 0;
}

std::string Hex(uint32_t code, const char* digits) {
  std::string hex;
  for (int shift = 20; shift >= 0; shift -= 4) {
    const uint32_t digit = code >> shift & 15;
    if (digit != 0 || shift < 16 || !hex.empty()) hex += digits[digit];
  }
  return hex;
}

// Matches the opening and closing controls of UAX #9, in the order of the text.
class BidiPairs {
 public:
  void Read(const Character& c) {
    switch (c.code) {
      case 0x202A:  // LRE, RLE, LRO, RLO: ended by PDF
      case 0x202B:
      case 0x202D:
      case 0x202E:
        return Begin(c, kPdf);
      case 0x2066:  // LRI, RLI, FSI: ended by PDI
      case 0x2067:
      case 0x2068:
        return Begin(c, kPdi);
      case kPdf:
      case kPdi:
        return Close(c);
      case 0x2029:  // the end of a paragraph ends all of them
        return End();
      default:
        return;
    }
  }
  void End() {
    if (!open_.empty()) Wrong(open_.front().opener);
    open_.clear();
  }
  const std::optional<Character>& first_wrong() const { return wrong_; }

 private:
  static constexpr char32_t kPdf = 0x202C;
  static constexpr char32_t kPdi = 0x2069;
  static constexpr size_t kDeepest = 125;  // UAX #9, BD2; deeper controls have no effect
  struct Open {
    Character opener;
    char32_t end;
  };

  void Begin(const Character& c, char32_t end) {
    if (open_.size() == kDeepest) return Wrong(c);
    open_.push_back({c, end});
  }
  // The end of an isolate also ends the embeddings in it. The end of an embedding ends nothing
  // outside of the isolate in which it stands.
  void Close(const Character& c) {
    const auto opened = std::find_if(open_.rbegin(), open_.rend(),
                                     [&](const Open& open) { return open.end == c.code; });
    const auto nested = opened - open_.rbegin();
    if (opened == open_.rend() || (nested > 0 && c.code == kPdf)) return Wrong(c);
    for (; open_.back().end != c.code; open_.pop_back()) Wrong(open_.back().opener);
    open_.pop_back();
  }
  void Wrong(const Character& c) {
    if (!wrong_ || c.position < wrong_->position) wrong_ = c;
  }

  std::vector<Open> open_;
  std::optional<Character> wrong_;
};

}  // namespace

bool IsVisibleAscii(char c) { return c > 0x20 && c < 0x7F; }

std::string NameOf(char32_t code) { return "U+" + Hex(code, kUpperHex); }

std::string Character::Shown() const {
  return NameOf(code) + " at position " + std::to_string(position);
}

First FirstOf(std::string_view text) {
  int32_t at = 0;
  UChar32 code = 0;
  // A character has at most four bytes; the size of the text may be too large for an int32_t.
  const auto size = static_cast<int32_t>(std::min<size_t>(text.size(), 4));
  U8_NEXT_OR_FFFD(text.data(), at, size, code);
  return {static_cast<char32_t>(code), static_cast<size_t>(at)};
}

bool HasWhiteSpace(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const First first = FirstOf(text.substr(at));
    if (IsSpace(first.code)) return true;
    at += first.length;
  }
  return false;
}

Trimmed Trim(std::string_view text) {
  Trimmed trimmed{text, 1};
  while (!trimmed.text.empty()) {
    const First first = FirstOf(trimmed.text);
    if (!IsSpace(first.code)) break;
    trimmed.text.remove_prefix(first.length);
    ++trimmed.first;
  }
  for (std::string_view& left = trimmed.text; !left.empty();) {
    auto begin = static_cast<int32_t>(std::min<size_t>(left.size(), 4));
    const char* const last = left.data() + (left.size() - static_cast<size_t>(begin));
    UChar32 code = 0;
    const int32_t end = begin;
    U8_PREV_OR_FFFD(last, 0, begin, code);
    if (!IsSpace(static_cast<char32_t>(code))) break;
    left.remove_suffix(static_cast<size_t>(end - begin));
  }
  return trimmed;
}

std::optional<std::string> FaultOfText(const Trimmed& trimmed) {
  if (IsPlain(trimmed.text)) return std::nullopt;
  const char* what = nullptr;
  Character wrong;
  BidiPairs pairs;
  Character c{0, trimmed.first};
  for (std::string_view left = trimmed.text; !left.empty(); ++c.position) {
    const First first = FirstOf(left);
    left.remove_prefix(first.length);
    c.code = first.code;
    pairs.Read(c);
    if (what != nullptr || !(IsControl(c.code) || IsNoncharacter(c.code))) continue;
    what = IsControl(c.code) ? "control characters" : "noncharacters";
    wrong = c;
  }
  pairs.End();
  if (const auto& unpaired = pairs.first_wrong();
      unpaired && (what == nullptr || unpaired->position < wrong.position)) {
    what = "bidirectional controls that are not paired";
    wrong = *unpaired;
  }
  if (what == nullptr) return std::nullopt;
  return std::string("must not hold ") + what + ": " + wrong.Shown();
}

bool HasControl(std::string_view text) {
  while (!text.empty()) {
    const First first = FirstOf(text);
    if (IsControl(first.code)) return true;
    text.remove_prefix(first.length);
  }
  return false;
}

bool HasVisible(std::string_view text) {
  while (!text.empty()) {
    const First first = FirstOf(text);
    if (IsVisible(first.code)) return true;
    text.remove_prefix(first.length);
  }
  return false;
}

bool IsInvisible(char32_t code) {
  if (code < 0x80) return code < 0x20 || code == 0x7F;
  return IsControl(code) || IsSpace(code) || IsIgnorable(code) || IsNoncharacter(code) ||
         IsBlank(code) || u_charType(Icu(code)) == U_FORMAT_CHAR;
}

std::string ShowInvisible(std::string_view text, std::string_view keep) {
  if (IsPlain(text)) return std::string(text);
  std::string shown;
  while (!text.empty()) {
    const First first = FirstOf(text);
    const bool kept = first.code < 0x80 && keep.find(text[0]) != std::string_view::npos;
    if (IsInvisible(first.code) && !kept) {
      shown += NameOf(first.code);
    } else {
      shown += text.substr(0, first.length);
    }
    text.remove_prefix(first.length);
  }
  return shown;
}

std::optional<Character> FirstUnseen(std::string_view text) {
  Character c{0, 1};
  for (; !text.empty(); ++c.position) {
    const First first = FirstOf(text);
    c.code = first.code;
    if (first.code == ' ' || IsInvisible(first.code)) return c;
    text.remove_prefix(first.length);
  }
  return std::nullopt;
}

std::string WithoutUnseen(std::string_view text) {
  std::string seen;
  while (!text.empty()) {
    const First first = FirstOf(text);
    if (first.code != ' ' && !IsInvisible(first.code)) seen += text.substr(0, first.length);
    text.remove_prefix(first.length);
  }
  return seen;
}

std::string CannotHold(std::string_view text, bool (*fits)(char)) {
  Character c{0, 1};
  for (; !text.empty() && fits(text.front()); ++c.position) text.remove_prefix(1);
  if (text.empty()) return "";
  c.code = FirstOf(text).code;
  const bool is_no_utf8 = c.code == 0xFFFD && !text.starts_with("\xEF\xBF\xBD");
  if (!is_no_utf8) return "; it cannot hold " + c.Shown();
  const auto byte = static_cast<unsigned char>(text.front());
  return "; it cannot hold byte 0x" + std::string{kUpperHex[byte >> 4], kUpperHex[byte & 15]} +
         " at position " + std::to_string(c.position);
}

void AppendEscape(char32_t code, std::string* out) {
  const auto append = [&](uint32_t unit) { *out += "\\u" + Hex(unit, kLowerHex); };
  if (code < 0x10000) return append(code);
  append(U16_LEAD(code));
  append(U16_TRAIL(code));
}

std::string EscapeSteering(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const First first = FirstOf(json);
    if (IsSteering(first.code) && first.code != '\n') {
      AppendEscape(first.code, &out);
    } else {
      out += json.substr(0, first.length);
    }
    json.remove_prefix(first.length);
  }
  return out;
}

}  // namespace contacts::unicode
