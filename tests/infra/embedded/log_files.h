// Access to the embedded log's directory, for tests that damage it.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "infra/embedded/embedded_log.h"
#include "infra/embedded/entry_codec.h"
#include "tests/support/log_client.h"

namespace contacts::testing {

inline constexpr const char* kDirectory = "/log";

inline EmbeddedLogOptions OptionsOf(rocksdb::Env* env, int partitions = 1) {
  EmbeddedLogOptions options;
  options.directory = kDirectory;
  options.partitions = partitions;
  options.env = env;
  options.clock = [] { return Timestamp{1764000000000}; };
  return options;
}

// A log whose entries 1 … count are "value 1" … (0 is the opening record).
inline void MakeLog(rocksdb::Env* env, int count) {
  EmbeddedLog log(OptionsOf(env));
  LogClient client(log);
  std::vector<std::string> values;
  for (int i = 1; i <= count; ++i) values.push_back("value " + std::to_string(i));
  client.Append(values);
  ASSERT_TRUE(client.UntilReports(values.size()));
}

// Changes rows without the log.
inline void Tamper(rocksdb::Env* env, const std::function<void(rocksdb::DB&)>& change) {
  rocksdb::Options options;
  options.env = env;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, kDirectory, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  change(*db);
}

inline std::string RowAt(rocksdb::DB& db, int64_t offset) {
  std::string row;
  EXPECT_TRUE(db.Get({}, embedded::EntryKey(0, Offset{offset}), &row).ok());
  return row;
}

inline void PutRow(rocksdb::DB& db, int64_t offset, const std::string& row) {
  ASSERT_TRUE(db.Put({}, embedded::EntryKey(0, Offset{offset}), row).ok());
}

// Why the log cannot be opened; empty: it can.
inline std::string OpenFailure(const EmbeddedLogOptions& options) {
  try {
    EmbeddedLog log(options);
  } catch (const std::runtime_error& failure) {
    return failure.what();
  }
  return "";
}

}  // namespace contacts::testing
