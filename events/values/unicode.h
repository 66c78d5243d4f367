// Unicode's properties of characters (by ICU): which ones are invisible, and which ones steer a
// terminal or the direction of writing. Texts are UTF-8; each byte that is not UTF-8 counts as
// U+FFFD. Positions count characters (code points) from 1. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace contacts::unicode {

// "U+200B": at least four digits.
std::string NameOf(char32_t code);

// A character and where it stands.
struct Character {
  char32_t code = 0;
  size_t position = 0;

  // "U+200B at position 3"
  std::string Shown() const;
  bool operator==(const Character&) const = default;
};

// The first character of a text that is not empty, and its length in bytes.
struct First {
  char32_t code = 0;
  size_t length = 1;
};
First FirstOf(std::string_view text);

// A text without white space (Unicode's White_Space) at both ends. `first` is the position of its
// first character in the untrimmed text, so that a message counts as its reader does.
struct Trimmed {
  std::string_view text;
  size_t first = 1;
};
Trimmed Trim(std::string_view text);

// Whether a character of the text is white space (Unicode's White_Space), anywhere.
bool HasWhiteSpace(std::string_view text);

// Finds characters that no text for people may hold: control characters, noncharacters, and
// bidirectional embeddings, overrides and isolates without the character that ends them (UAX #9).
// The message follows the text's name and names the first such character: "must not hold control
// characters: U+0007 at position 2". nullopt: the text holds none.
std::optional<std::string> FaultOfText(const Trimmed& text);

// Unicode's category Cc: U+0000–001F and U+007F–009F.
bool HasControl(std::string_view text);

// Whether a character of the text leaves a mark on paper: not only white space, marks, format
// characters and others that are shown as nothing or as a blank.
bool HasVisible(std::string_view text);

// The first character that people see as nothing or as a space; nullopt: the text holds none.
std::optional<Character> FirstUnseen(std::string_view text);
// The text without these characters, which come from a paste or from a mail program that broke a
// line. Only for codes that cannot hold any.
std::string WithoutUnseen(std::string_view text);

// For a message about a text that may hold ASCII only: "; it cannot hold U+00A0 at position 4"
// names the first character that does not fit, or "byte 0xFF at position 4" one that is not UTF-8.
// Empty: all characters fit.
std::string CannotHold(std::string_view text, bool (*fits)(char));
// Visible ASCII, no space.
bool IsVisibleAscii(char c);

// For messages: writes each character that is invisible or steers as "U+200B". Keeps spaces and
// the characters of `keep` (ASCII).
std::string ShowInvisible(std::string_view text, std::string_view keep = {});

// For JSON that goes to a terminal, and for log lines: writes each character that steers a terminal
// or the direction of writing as \u202e, which means the same in JSON. Keeps line ends (U+000A).
std::string EscapeSteering(std::string_view json);

// Whether ShowInvisible shows the character as "U+…". AppendEscape appends its JSON escape.
bool IsInvisible(char32_t code);
void AppendEscape(char32_t code, std::string* out);

}  // namespace contacts::unicode
