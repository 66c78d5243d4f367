// Takes passwords out of memory that is about to be freed.
#pragma once

#include <string.h>

#include <string>

namespace contacts {

// Overwrites the text, and what longer texts left behind it, in a way that is not optimized away;
// the text is empty then.
inline void Wipe(std::string* text) {
  text->resize(text->capacity());
  explicit_bzero(text->data(), text->size());
  text->clear();
}

// A text that is wiped when it goes; so is each copy.
struct Wiped {
  std::string text;
  ~Wiped() { Wipe(&text); }
};

}  // namespace contacts
