#include "infra/keys/stored_keys.h"

#include <algorithm>

#include "infra/base/growing_pause.h"
#include "infra/base/heartbeat.h"
#include "infra/keys/tree_steps.h"

namespace contacts {
namespace {

using seal::Leaf;
using seal::TreeId;

// A call of the store waits for disks or brokers.
constexpr Heartbeat::Time kStoreTime{30'000};
// Another thread writes: the thread of the keys looks again after this time.
constexpr StoredKeys::Time kBusy{20};

Error Stopping() {
  return Error{ErrorCode::kUnavailable, "the process ends; the next start goes on"};
}

}  // namespace

Result<std::unique_ptr<StoredKeys>> StoredKeys::Open(SecretStore& store, seal::Keyring& keyring,
                                                     Options options) {
  std::unique_ptr<StoredKeys> keys(new StoredKeys(store, keyring, options));
  const auto loaded = keys->Load();
  if (!loaded.ok() && store.Fault().empty()) return loaded.error();
  keyring.OnAsk([asked = keys.get()] {
    {
      const std::lock_guard lock(asked->mutex_);
    }  // the thread either sees the question or is waiting
    asked->changed_.notify_all();
  });
  keys->thread_ = std::thread([running = keys.get()] { running->Run(); });
  return keys;
}

StoredKeys::StoredKeys(SecretStore& store, seal::Keyring& keyring, Options options)
    : store_(store),
      keyring_(keyring),
      options_(options),
      writer_(store, keyring),
      repairs_(keyring, options.others_after, options.at_random, TreeRepairs::Timing::Real()),
      read_retry_(options.first_retry, options.longest_retry),
      write_retry_(options.first_retry, options.longest_retry) {}

StoredKeys::~StoredKeys() {
  Stop();
  if (thread_.joinable()) thread_.join();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return callers_ == 0; });
  }
  store_.OnChange(nullptr);
  keyring_.OnAsk(nullptr);
}

void StoredKeys::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

// --- what callers ask for ---

bool StoredKeys::Pause(Time time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

template <class Step>
auto StoredKeys::UntilDone(const Step& step) -> decltype(step()) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !options_.writes) return Stopping();
    ++callers_;
  }
  const std::shared_ptr<void> leaving(nullptr, [this](void*) {
    const std::lock_guard lock(mutex_);
    --callers_;
    changed_.notify_all();
  });
  GrowingPause pause(options_.first_retry, options_.longest_retry);
  for (;;) {
    {
      const std::lock_guard writing(writing_);
      const bool readable = [this] {
        const std::lock_guard lock(mutex_);
        return loaded_ && !stopping_;
      }();
      if (readable) {
        auto done = step();
        const std::lock_guard lock(mutex_);
        not_written_ = done.ok() ? "" : done.error().message;
        if (done.ok()) return done;
      }
    }
    if (!Pause(pause.Next())) return Stopping();
  }
}

Result<TreeId> StoredKeys::EnsureTree(const TenantId& tenant) {
  const auto tree = TreeWriter::NewTree::Random();
  return UntilDone([&] { return writer_.Make(tenant, tree); });
}

Result<bool> StoredKeys::Erase(const TenantId& tenant, Leaf leaf) {
  keyring_.NoteErased(tenant, leaf);
  {
    const std::lock_guard lock(mutex_);
    repairs_.NoteOwn(tenant, leaf);
  }
  return UntilDone([&] { return writer_.EraseInAll(tenant, leaf); });
}

void StoredKeys::NoteErased(const TenantId& tenant, Leaf leaf) {
  if (!keyring_.NoteErased(tenant, leaf)) return;
  const std::lock_guard lock(mutex_);
  repairs_.LookLater(tenant);
}

void StoredKeys::Repair() {
  {
    const std::lock_guard lock(mutex_);
    for (const TenantId& tenant : keyring_.tenants()) repairs_.LookNow(tenant);
  }
  changed_.notify_all();
}

std::string StoredKeys::Fault() const {
  const std::lock_guard lock(mutex_);
  if (!loaded_) return "the keys of personal data were not read: " + not_read_;
  if (!altered_.empty()) {
    return "a key of the tenant " + altered_.begin()->value +
           " was altered in the store of secrets: bring the store back from a backup, then start "
           "again";
  }
  return not_read_.empty() ? "" : "new keys of personal data cannot be read: " + not_read_;
}

std::string StoredKeys::Warning() const {
  const std::lock_guard lock(mutex_);
  if (not_written_.empty()) return "";
  return "keys of personal data cannot be made or erased now: " + not_written_ +
         ". Contacts tries again";
}

// --- the thread: answers questions, and keeps the rule ---

void StoredKeys::Run() {
  Heartbeat heart("keys");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto at = std::min(NextWork(), Clock::now() + Heartbeat::kWaitAtMost);
    heart.WaitUntil(changed_, lock, at, [this] { return stopping_ || NextWork() <= Clock::now(); });
    if (stopping_) return;
    if (NextWork() > Clock::now()) continue;
    lock.unlock();
    {
      const Heartbeat::Task step(heart, "waiting for the store of secrets", kStoreTime);
      Answer();
      FindWork();
      DoOne();
    }
    lock.lock();
  }
}

// The caller holds mutex_.
StoredKeys::Clock::time_point StoredKeys::NextWork() const {
  if (!loaded_ || !keyring_.HasAll(keyring_.newest_ask())) return read_at_;
  return options_.writes ? std::max({repairs_.next(), read_at_, write_at_})
                         : Clock::time_point::max();
}

void StoredKeys::Answer() {
  bool loaded = false;
  {
    const std::lock_guard lock(mutex_);
    loaded = loaded_;
  }
  const uint64_t asked = keyring_.newest_ask();
  if (loaded && keyring_.HasAll(asked)) return;
  const auto read = loaded ? store_.CatchUp() : Load();
  if (read.ok()) keyring_.Answer(asked);
  if (!loaded) return;  // Load has noted it
  const std::lock_guard lock(mutex_);
  NoteRead(read);
}

void StoredKeys::FindWork() {
  {
    const std::lock_guard lock(mutex_);
    const bool due = options_.writes && repairs_.next() <= Clock::now();
    if (!loaded_ || !due || !repairs_.work().empty() || Clock::now() < read_at_) return;
  }
  const auto read = store_.CatchUp();
  const std::lock_guard lock(mutex_);
  NoteRead(read);
  if (read.ok()) repairs_.Find(Clock::now());
}

// One leaf at a time, each from what the store then holds, so that instances which erase different
// people at once settle.
void StoredKeys::DoOne() {
  std::optional<TreeRepairs::Work> next;
  const std::unique_lock writing(writing_, std::try_to_lock);
  {
    const std::lock_guard lock(mutex_);
    if (repairs_.work().empty() || Clock::now() < std::max(read_at_, write_at_)) return;
    // Whoever asks must not wait for whoever writes.
    if (!writing.owns_lock()) write_at_ = Clock::now() + kBusy;
    if (!writing.owns_lock()) return;
    next = repairs_.work().front();
  }
  const auto done = DoRepair(*next, store_, writer_);
  const std::lock_guard lock(mutex_);
  not_written_ = done.ok() ? "" : done.error().message;
  if (done.ok()) {
    repairs_.work().pop_front();
    write_retry_.Reset();
  } else {
    write_at_ = Clock::now() + write_retry_.Next();
  }
}

// The caller holds mutex_.
void StoredKeys::NoteRead(const Result<bool>& read) {
  not_read_ = read.ok() ? "" : read.error().message;
  if (read.ok()) {
    read_retry_.Reset();
  } else {
    read_at_ = Clock::now() + read_retry_.Next();
  }
}

}  // namespace contacts
