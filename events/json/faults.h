// All faults of one text from outside, in a bounded space.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/values/error.h"

namespace contacts {

// Where a value stands: its parent's path and its own name. Only the faults that are kept spell it
// out, because nearly all values have no fault. Lives on the stack of the reads that it names.
struct JsonPath {
  enum class Spelling {
    kShown,    // `name` is what the pointer shows
    kWritten,  // `name` is as the JSON text has it, escapes included; the pointer shows it decoded
  };
  const JsonPath* parent = nullptr;
  std::string_view name = {};  // for the outermost path: the pointer that all faults start with
  Spelling spelling = Spelling::kShown;

  // The JSON pointer (RFC 6901), with shortened names (json::ShortName). One of more than kMostPath
  // bytes is cut after the names that fit, and ends in "/…".
  std::string Pointer() const;
  static constexpr size_t kMostPath = 256;
};

// Keeps the first faults and counts all, because an answer, and the work for it, must not grow
// faster than the request.
class Faults {
 public:
  static constexpr size_t kMost = 50;
  static constexpr size_t kMostBytes = 8192;  // of all kept faults, as JSON in an answer
  static constexpr size_t kMostMessage = 256;

  // Joins the parts of the message only if it keeps the fault. Invisible characters in the parts
  // and the path are then shown as "U+200B".
  void Add(const JsonPath& path, std::initializer_list<std::string_view> message);
  void Add(const JsonPath& path, std::string_view message) { Add(path, {message}); }
  // `pointer`: "" for the whole text.
  void Add(std::string_view pointer, std::string_view message) {
    Add(JsonPath{nullptr, pointer}, {message});
  }
  // Adds all of `more` but the faults of a value that already has a fault, or lies in one that has.
  void AddOthers(const Faults& more);

  bool empty() const { return count_ == 0; }
  size_t count() const { return count_; }
  // The first faults, in order; empty only if count() is 0.
  const std::vector<FieldFault>& kept() const { return kept_; }

 private:
  void Keep(FieldFault fault);

  std::vector<FieldFault> kept_;
  size_t count_ = 0;
  size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace contacts
