// The file that --erasures names: what history erased, kept where copies of the data directory are
// not, so that a restore of an older copy can erase it again (erase_again.h). It holds ids only.
//
//   file     = header *( erasure ), each a line of JSON
//   header   = {"erasuresOf": the id of the log}
//   erasure  = {"tenant", "sequence", "epoch", and of
//               PersonErased  "contact"?, "actors", "ground"
//               PastErased    "contact", "actors" (none), "generation"
//               MonthErased   "actors" (none), "monthsBefore"}
//
// `sequence` and `epoch` name the record, which stands in the file once. The erasures of a tenant
// are in the order of its history. A last line without its end was cut by a crash, and is made
// anew.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "events/erasure.h"
#include "events/erasure_events.h"
#include "events/position.h"
#include "events/record.h"
#include "events/values/field.h"
#include "events/values/result.h"
#include "projections/store/view_store.h"

namespace contacts {

struct KeptErasure {
  TenantId tenant;
  Sequence sequence;
  int64_t epoch = 1;
  Maybe<ContactId> contact;
  std::vector<std::string> actors;
  Maybe<Ground> ground;
  Maybe<int64_t> generation;
  Maybe<std::string> months_before;

  Position position() const { return {sequence, epoch}; }
  bool operator==(const KeptErasure&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tenant", tenant), Field("sequence", sequence), Field("epoch", epoch),
       Field("contact", contact), Field("actors", actors), Field("ground", ground),
       Field("generation", generation), Field("monthsBefore", months_before));
  }
};

struct KeptErasures {
  std::string log_id;  // empty: the file is empty
  std::vector<KeptErasure> all;
  int64_t whole_bytes = 0;  // without a last line that was cut
};
// The error names the file and the line that is not one of ours, or says that there is no file.
Result<KeptErasures> ReadErasures(const std::string& path);

// The bytes of a file with these; empty if it has none.
std::string TextOf(const KeptErasures& kept);

// What the record erased; nullopt: it is no erasure.
std::optional<KeptErasure> ErasureToKeep(const Record& record, int64_t epoch);

// Any thread.
class ErasuresFile {
 public:
  // Opens the file, or makes it with mode 0600. The error says why it cannot be used.
  static Result<std::unique_ptr<ErasuresFile>> Open(const std::string& path);
  ~ErasuresFile();
  ErasuresFile(const ErasuresFile&) = delete;
  ErasuresFile& operator=(const ErasuresFile&) = delete;

  // Adds the erasures that the views have and the file lacks: all of a file that is new, else what
  // a crash or a full disk kept from it. For use before the log is followed. The error: the file is
  // of another log, or cannot be written. Throws StoreFailure.
  Result<bool> Complete(const ViewStore& views);

  // A record of history, which the views have, erased this: on the disk when it returns. A failure
  // is told by Fault, and mended by the next call or the next start.
  void Note(const ViewReader& views, const Erasure& erasure);

  // For the operator: why the file lacks an erasure, and what to do. Empty: it lacks none.
  std::string Fault() const;

 private:
  ErasuresFile(std::string path, int file, const KeptErasures& kept);
  Result<bool> Take(const ViewReader& views, const KeptErasure& erasure);
  Result<bool> CheckLog(const ViewReader& views);
  Result<bool> Append(const std::string& lines);
  Result<bool> CompleteFor(const ViewStore& views, const TenantId& tenant);

  const std::string path_;
  const int file_;
  mutable std::mutex mutex_;  // guards what follows
  int64_t bytes_;             // of whole lines
  std::string log_id_;
  std::map<TenantId, std::set<Position>> kept_;
  std::vector<KeptErasure> waiting_;  // could not be written
  std::string fault_;
};

}  // namespace contacts
