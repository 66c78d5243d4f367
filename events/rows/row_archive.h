// Portable binary rows from and to a type's one field list, for values that only we write.
//
//   integer   zig-zag varint, least significant group first     bool, enum  one such integer
//   text      length as varint, bytes                           optional, Maybe  0, or 1 and the
//   value vector    count as varint, elements                         Hash  32 bytes      object
//   its fields
//
// A row starts with its type's `kRowVersion` as varint. Reading checks every length against what is
// left and never allocates more than that.
#pragma once

#include <string>
#include <string_view>

#include "events/values/field.h"

namespace contacts {

template <class T>
std::string ToRow(const T& value);

// False: the bytes are no row of this type and version; `value` is then unspecified.
template <class T>
bool FromRow(std::string_view bytes, T* value);

// The fields that a row begins with, for readers of many rows that need no more: `front` is the
// base class that the row's type adds its other fields to. What follows them is not looked at.
template <class T>
bool FrontFromRow(std::string_view bytes, T* front);

}  // namespace contacts

#include "events/rows/row_codec.h"
