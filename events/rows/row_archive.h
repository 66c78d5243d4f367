// Portable binary rows from and to a type's one field list, for values that only we write.
//
// clang-format off
//   row              the type's `kRowVersion` as integer, then the object
//   object           its fields, in the order of the list
//   integer          zig-zag varint, least significant group first
//   bool, enum       integer
//   Timestamp        integer (milliseconds)
//   text, RawJson    length as integer, then the bytes
//   optional, Maybe  integer 0; or integer 1, then the value
//   vector           count as integer, then the elements
//   Hash             32 bytes
// clang-format on
//
// Reading checks every length against the bytes that are left and never allocates more than that.
#pragma once

#include <string>
#include <string_view>

#include "events/values/field.h"

namespace contacts {

template <class T>
std::string ToRow(const T& value);

// False: the bytes are not a row of this type and version; `value` is then unspecified.
template <class T>
bool FromRow(std::string_view bytes, T* value);

// Reads only the fields that a row begins with, for readers of many rows that need no others:
// `front` is the base class to which the row's type adds the other fields. Ignores what follows.
template <class T>
bool FrontFromRow(std::string_view bytes, T* front);

}  // namespace contacts

#include "events/rows/row_codec.h"
