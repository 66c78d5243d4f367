// The characters and small grammars of RFC 9110 and RFC 3986. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace contacts::http {

// A control character other than HTAB, which no line of a head may hold.
bool IsControl(char c);
// How many bytes stand before the first control character.
size_t PlainPrefix(std::string_view text);

// `token` of RFC 9110, 5.6.2; never empty.
bool IsToken(std::string_view text);
bool IsTokenChar(char c);

// Ignores the case of ASCII letters only, as HTTP does for names and codings.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// The meaning of double quotes in a grammar that separates parts.
enum class Quotes {
  kOrdinary,  // the same as any other character
  kHide,      // a separator between two quotes does not separate
  kHideMore,  // as kHide, and a backslash between quotes hides a quote (RFC 9110, 5.6.4)
};

// The parts of `text` between the separators, trimmed. An empty text has one part, which is empty.
std::vector<std::string_view> Split(std::string_view text, char separator, Quotes quotes);

// The elements of a comma-separated list, trimmed; empty ones left out (RFC 9110, 5.6.1.2).
std::vector<std::string_view> ListElements(std::string_view value,
                                           Quotes quotes = Quotes::kOrdinary);

// At most the first `most` bytes, cut between two characters of UTF-8, and "…" if there was more.
std::string Shortened(std::string_view text, size_t most);

// Empties `value` and frees its memory, which the assignment of an empty text would keep.
template <typename T>
void Free(T* value) {
  const T freed = std::move(*value);
}

}  // namespace contacts::http
