#include "infra/redis/redis_protocol.h"

#include <hiredis/hiredis.h>

#include <new>

namespace contacts {
namespace {

redisReader* ReaderOf(void* reader) { return static_cast<redisReader*>(reader); }

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

RedisReply ToReply(const redisReply& reply) {
  using Kind = RedisReply::Kind;
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      return {Kind::kNil};
    case REDIS_REPLY_INTEGER:
      return {Kind::kInteger, {}, reply.integer};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return {Kind::kText, std::string(reply.str, reply.len)};
    case REDIS_REPLY_ERROR:
      return {Kind::kError, std::string(reply.str, reply.len)};
    default:
      return {Kind::kOther};
  }
}

}  // namespace

void AppendCommand(const RedisCommand& command, std::string* out) {
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* bytes = nullptr;
  const int size =
      redisFormatCommandArgv(&bytes, static_cast<int>(words.size()), words.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  const std::unique_ptr<char, void (*)(char*)> owned(bytes, redisFreeCommand);
  out->append(bytes, static_cast<size_t>(size));
}

void RedisReader::Free::operator()(void* reader) const { redisReaderFree(ReaderOf(reader)); }

RedisReader::RedisReader() : reader_(redisReaderCreate()) {
  if (!reader_) throw std::bad_alloc();
}

void RedisReader::Feed(std::string_view bytes) {
  // Next reports errors of this call.
  (void)redisReaderFeed(ReaderOf(reader_.get()), bytes.data(), bytes.size());
}

Result<std::optional<RedisReply>> RedisReader::Next() {
  void* found = nullptr;
  if (redisReaderGetReply(ReaderOf(reader_.get()), &found) != REDIS_OK) {
    return Error{
        ErrorCode::kUnavailable,
        std::string("it does not speak the Redis protocol: ") + ReaderOf(reader_.get())->errstr,
        {},
        1};
  }
  if (found == nullptr) return std::optional<RedisReply>();
  const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(found));
  return std::optional<RedisReply>(ToReply(*reply));
}

}  // namespace contacts
