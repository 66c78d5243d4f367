// Implements ToRow and FromRow of row_archive.h.
#pragma once

#include <type_traits>
#include <utility>
#include <vector>

#include "events/values/field.h"
#include "events/values/hash.h"

namespace contacts {

class RowWriter : public cereal::OutputArchive<RowWriter> {
 public:
  explicit RowWriter(std::string* out) : cereal::OutputArchive<RowWriter>(this), out_(*out) {}

  void Write(bool value) { out_.push_back(value ? 2 : 0); }
  void Write(int64_t value);
  void Write(const std::string& value);
  void Write(Timestamp value) { Write(value.milliseconds); }
  void Write(const RawJson& value) { Write(value.text); }
  void Write(const Hash& value) {
    out_.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
  }
  template <class Rep, class Tag>
  void Write(const Strong<Rep, Tag>& value) {
    Write(value.value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void Write(E value) { Write(static_cast<int64_t>(value)); }
  template <class T>
  void Write(const std::optional<T>& value) {
    Write(value.has_value());
    if (value) Write(*value);
  }
  template <class T>
  void Write(const std::vector<T>& values) {
    Write(static_cast<int64_t>(values.size()));
    for (const T& value : values) Write(value);
  }
  template <class T>
  requires requires(T& t, RowWriter& ar) { t.serialize(ar); }
  void Write(const T& value) {
    const_cast<T&>(value).serialize(*this);  // the one list reads and writes; here it only reads
  }

 private:
  std::string& out_;
};

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(RowWriter& ar, const Field<T>& field) {
  ar.Write(field.value);
}

// Stops reading at the first fault; ok() is false from then on.
class RowReader : public cereal::InputArchive<RowReader> {
 public:
  explicit RowReader(std::string_view in) : cereal::InputArchive<RowReader>(this), in_(in) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return ok_ && in_.empty(); }

  void Read(bool* value);
  void Read(int64_t* value);
  void Read(std::string* value);
  void Read(Timestamp* value) { Read(&value->milliseconds); }
  void Read(RawJson* value) { Read(&value->text); }
  void Read(Hash* value);
  template <class Rep, class Tag>
  void Read(Strong<Rep, Tag>* value) {
    Read(&value->value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void Read(E* value) {
    int64_t number = 0;
    Read(&number);
    *value = static_cast<E>(number);
    if (NameOf(*value).empty() || static_cast<int64_t>(*value) != number) ok_ = false;
  }
  template <class T>
  void Read(std::optional<T>* value) {
    bool there = false;
    Read(&there);
    value->reset();
    if (ok_ && there) Read(&value->emplace());
  }
  template <class T>
  void Read(std::vector<T>* values) {
    int64_t count = 0;
    Read(&count);
    values->clear();
    // Each element takes at least a byte, so a count above the bytes that are left is wrong.
    if (count < 0 || static_cast<uint64_t>(count) > in_.size()) ok_ = false;
    for (int64_t i = 0; ok_ && i < count; ++i) Read(&values->emplace_back());
  }
  template <class T>
  requires requires(T& t, RowReader& ar) { t.serialize(ar); }
  void Read(T* value) { value->serialize(*this); }

 private:
  std::string_view in_;
  bool ok_ = true;
};

template <class T>
void CEREAL_LOAD_FUNCTION_NAME(RowReader& ar, Field<T>& field) {
  if (ar.ok()) ar.Read(&field.value);
}

template <class T>
std::string ToRow(const T& value) {
  // Written into a buffer that is kept, so that a row costs one allocation, of exactly its size.
  thread_local std::string room;
  room.clear();
  RowWriter writer(&room);
  writer.Write(static_cast<int64_t>(T::kRowVersion));
  writer.Write(value);
  return room;
}

template <class T>
bool ReadVersioned(RowReader* reader, T* value) {
  int64_t version = 0;
  reader->Read(&version);
  if (!reader->ok() || version != T::kRowVersion) return false;
  reader->Read(value);
  return reader->ok();
}

template <class T>
bool FromRow(std::string_view bytes, T* value) {
  RowReader reader(bytes);
  return ReadVersioned(&reader, value) && reader.AtEnd();
}

template <class T>
bool FrontFromRow(std::string_view bytes, T* front) {
  RowReader reader(bytes);
  return ReadVersioned(&reader, front);
}

}  // namespace contacts
