#include "infra/embedded/acknowledged.h"

#include <rocksdb/env.h>

#include "events/values/hash.h"
#include "infra/embedded/entry_codec.h"

namespace contacts::embedded {
namespace {

constexpr size_t kSealBytes = 16;

std::string Seal(const std::string& log_id, std::string_view ends) {
  const Hash hash = Sha256(log_id + std::string(ends));
  return std::string(reinterpret_cast<const char*>(hash.bytes.data()), kSealBytes);
}

}  // namespace

Acknowledged::Acknowledged(rocksdb::Env* env, const std::string& directory)
    : env_(env), path_(directory + "/acknowledged") {
  if (!rocksdb::ReadFileToString(env_, path_, &found_).ok()) found_.clear();
}

Acknowledged::~Acknowledged() = default;

std::vector<Offset> Acknowledged::Found(const std::string& log_id, size_t partitions) const {
  std::vector<Offset> ends(partitions);
  const std::string_view text = found_;
  if (text.size() != kSealBytes + 8 * partitions ||
      text.substr(0, kSealBytes) != Seal(log_id, text.substr(kSealBytes))) {
    return ends;
  }
  for (size_t i = 0; i < partitions; ++i) {
    ends[i] = DecodeEnd(text.substr(kSealBytes + 8 * i, 8)).value_or(Offset{0});
  }
  return ends;
}

void Acknowledged::Write(const std::string& log_id, const std::vector<Offset>& ends) {
  if (file_ == nullptr) {
    if (!env_->FileExists(path_).ok()) rocksdb::WriteStringToFile(env_, "", path_);
    if (!env_->NewRandomRWFile(path_, &file_, rocksdb::EnvOptions()).ok()) return;
  }
  std::string text;
  for (const Offset& end : ends) text += EncodeEnd(end);
  file_->Write(0, Seal(log_id, text) + text);
}

}  // namespace contacts::embedded
