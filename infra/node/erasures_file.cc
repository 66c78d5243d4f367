#include "infra/node/erasures_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "infra/base/errno_text.h"
#include "infra/base/log.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "projections/view_lookup.h"
#include "query/records.h"

namespace contacts {
namespace {

struct Header {
  std::string erasures_of;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("erasuresOf", erasures_of));
  }
};

Error FileFailure(const std::string& what) { return {ErrorCode::kUnavailable, what}; }

template <class T>
bool ReadLine(const std::string& line, T* value) {
  const auto document = json::Document::Parse(line);
  Faults faults;
  return document.ok() && FromJson(*document, document->root(), Reading::kRecord, value, &faults);
}

std::string LogIdIn(const ViewReader& views) {
  std::string id;
  views.Scan(View::kCheckpoints, "", "", [&](std::string_view, std::string_view value) {
    CheckpointRow row;
    if (!FromRow(value, &row)) throw StoreFailure("a checkpoint does not read");
    id = row.log_id;
    return id.empty();
  });
  return id;
}

// A record that erases nothing is told from its bytes, because most records are such.
bool MayErase(std::string_view record) { return record.find("Erased\"") != std::string_view::npos; }

bool SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int file = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = fsync(file) == 0;
  close(file);
  return synced;
}

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return fsync(file) == 0;
}

}  // namespace

Result<KeptErasures> ReadErasures(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return FileFailure("The file of erasures " + path + " cannot be read: " + ErrnoText(errno) +
                       ".");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  KeptErasures kept;
  int number = 0;
  for (size_t begin = 0, end; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
    const std::string line = text.substr(begin, end - begin);
    Header header;
    KeptErasure erasure;
    if (++number == 1 && ReadLine(line, &header)) {
      kept.log_id = header.erasures_of;
    } else if (number > 1 && ReadLine(line, &erasure)) {
      kept.all.push_back(std::move(erasure));
    } else {
      return FileFailure("Line " + std::to_string(number) + " of " + path +
                         " is not what contacts writes into a file of erasures: it was edited or "
                         "damaged, or --erasures names another file.");
    }
    kept.whole_bytes = static_cast<int64_t>(end + 1);
  }
  return kept;
}

std::string TextOf(const KeptErasures& kept) {
  if (kept.all.empty()) return "";
  std::string text = ToJson(Header{kept.log_id}) + "\n";
  for (const KeptErasure& erasure : kept.all) text += ToJson(erasure) + "\n";
  return text;
}

std::optional<KeptErasure> ErasureToKeep(const Record& record, int64_t epoch) {
  KeptErasure kept{record.envelope.tenant, record.envelope.sequence, epoch, {}, {}, {}, {}, {}};
  if (const auto* person = std::get_if<PersonErased>(&record.event)) {
    if (person->contact_id) kept.contact.emplace(*person->contact_id);
    kept.actors = person->actors;
    kept.ground.emplace(person->ground);
  } else if (const auto* past = std::get_if<PastErased>(&record.event)) {
    kept.contact.emplace(past->contact_id);
    kept.generation.emplace(past->generation);
  } else if (const auto* months = std::get_if<MonthErased>(&record.event)) {
    kept.months_before.emplace(months->before);
  } else {
    return std::nullopt;
  }
  return kept;
}

ErasuresFile::ErasuresFile(std::string path, int file, const KeptErasures& kept)
    : path_(std::move(path)), file_(file), bytes_(kept.whole_bytes), log_id_(kept.log_id) {
  for (const KeptErasure& erasure : kept.all) kept_[erasure.tenant].insert(erasure.position());
}

ErasuresFile::~ErasuresFile() { close(file_); }

Result<std::unique_ptr<ErasuresFile>> ErasuresFile::Open(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return FileFailure("The file of erasures " + path + " cannot be written: " + ErrnoText(errno) +
                       ".");
  }
  auto kept = ReadErasures(path);
  const bool mended = kept.ok() && ftruncate(file, kept->whole_bytes) == 0 && SyncFolderOf(path);
  if (!mended) {
    const int cause = errno;
    close(file);
    if (!kept.ok()) return kept.error();
    return FileFailure("The file of erasures " + path + " cannot be written: " + ErrnoText(cause) +
                       ".");
  }
  return std::unique_ptr<ErasuresFile>(new ErasuresFile(path, file, *kept));
}

Result<bool> ErasuresFile::Append(const std::string& lines) {
  if (WriteAll(file_, lines)) {
    bytes_ += static_cast<int64_t>(lines.size());
    return true;
  }
  const int cause = errno;
  (void)!ftruncate(file_, bytes_);  // no half line
  return FileFailure("the erasures cannot be written to " + path_ + ": " + ErrnoText(cause));
}

Result<bool> ErasuresFile::CheckLog(const ViewReader& views) {
  const std::string log_id = LogIdIn(views);
  if (log_id.empty() || log_id == log_id_) return true;
  if (!log_id_.empty()) {
    return FileFailure("the erasures in " + path_ + " are those of the log " + log_id_ +
                       ", and this log is " + log_id + ": name another file with --erasures");
  }
  if (auto written = Append(ToJson(Header{log_id}) + "\n"); !written.ok()) return written;
  log_id_ = log_id;
  return true;
}

Result<bool> ErasuresFile::Take(const ViewReader& views, const KeptErasure& erasure) {
  std::set<Position>& kept = kept_[erasure.tenant];
  if (kept.contains(erasure.position())) return true;
  if (auto right = CheckLog(views); !right.ok()) return right;
  if (auto written = Append(ToJson(erasure) + "\n"); !written.ok()) return written;
  kept.insert(erasure.position());
  return true;
}

// The newest erasure of a tenant comes last into the file, so one that is there needs no search.
Result<bool> ErasuresFile::CompleteFor(const ViewStore& views, const TenantId& tenant) {
  const TenantRow row = ViewLookup(views).Tenant(tenant);
  const Sequence newest = std::max(row.erasure, row.obeyed);
  const std::set<Position>& kept = kept_[tenant];
  Sequence first{1};
  for (const Position& position : kept) {
    if (EpochOf(row.epochs, position.sequence) != position.epoch) continue;
    first = std::max(first, Next(position.sequence));
  }
  if (newest < first) return true;
  Result<bool> taken = true;
  const auto take = [&](Sequence at, std::string_view bytes) {
    if (!MayErase(bytes)) return true;
    const Result<Record> record = DecodeRecord(bytes);
    const auto erasure =
        record.ok() ? ErasureToKeep(*record, EpochOf(row.epochs, at)) : std::nullopt;
    if (erasure) taken = Take(views, *erasure);
    return taken.ok();
  };
  query::ReadRecords(views, tenant, first, newest, take);
  return taken;
}

Result<bool> ErasuresFile::Complete(const ViewStore& views) {
  const std::lock_guard lock(mutex_);
  if (auto right = CheckLog(views); !right.ok()) return right;
  std::vector<TenantId> tenants;
  views.Scan(View::kTenants, "", "", [&](std::string_view key, std::string_view) {
    tenants.push_back(keys::TenantOf(key));
    return true;
  });
  for (const TenantId& tenant : tenants) {
    if (auto done = CompleteFor(views, tenant); !done.ok()) return done;
  }
  return true;
}

void ErasuresFile::Note(const ViewReader& views, const Erasure& erasure) try {
  const std::lock_guard lock(mutex_);
  const ViewLookup lookup(views);
  const auto bytes = lookup.RecordAt(erasure.tenant, erasure.at);
  const Result<Record> record = bytes ? DecodeRecord(*bytes) : Result<Record>(Error{});
  const int64_t epoch = EpochOf(lookup.Tenant(erasure.tenant).epochs, erasure.at);
  const auto kept = record.ok() ? ErasureToKeep(*record, epoch) : std::nullopt;
  if (kept) waiting_.push_back(*kept);
  std::string fault;
  if (!kept) fault = "the record of an erasure cannot be read, so " + path_ + " lacks it";
  while (fault.empty() && !waiting_.empty()) {
    if (const auto taken = Take(views, waiting_.front()); !taken.ok()) {
      fault = taken.error().message;
    } else {
      waiting_.erase(waiting_.begin());
    }
  }
  if (!fault.empty()) log::Error("an erasure is not in the file of erasures", {{"cause", fault}});
  fault_ = fault;
} catch (const StoreFailure& failure) {
  const std::lock_guard lock(mutex_);
  fault_ = std::string("the read models cannot be read: ") + failure.what();
}

std::string ErasuresFile::Fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

}  // namespace contacts
