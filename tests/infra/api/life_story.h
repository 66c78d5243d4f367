// Users of every role who work with two instances of the service, whatever crashes, and clients of
// theirs with copies. Each answer is compared with the model; what differs is thrown, as
// std::runtime_error, with the requests that led to it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/infra/api/life_model.h"
#include "tests/infra/api/life_service.h"

namespace contacts::api {

// Random numbers of one operation, all from one number.
class LifeDice {
 public:
  explicit LifeDice(uint64_t seed) : state_(seed) {}
  int Below(int bound) { return static_cast<int>(Next() % static_cast<uint64_t>(bound)); }
  bool OneIn(int of) { return Below(of) == 0; }

 private:
  uint64_t Next() {  // SplitMix64
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  uint64_t state_;
};

struct LifeUser {
  std::string name;
  bool sees_all = false;
  bool changes = false;
  bool administers = false;
  int self = 0;            // its contact; 0: none
  std::string actor = {};  // as in records, JSON
  http::Header credentials = {};
};

// A client's copy of the contacts, with all that it needs to go on.
struct LifeCopy {
  std::map<int, std::string> contacts;
  bool walks = true;  // page by page; afterwards it applies the changes
  int after = 0;
  std::string since;  // empty: it has no page yet
  std::string view;
  bool more = true;
  int limit = 5;  // changes in an answer
};

struct LifeCounts {
  int operations = 0;
  int server_crashes = 0;
  int client_crashes = 0;
  int restarts = 0;  // of copies
  int pasts = 0;     // lists that were read as of a position
};

class LifeStory {
 public:
  LifeStory();

  void Operate(uint64_t seed);
  // All copies become the list of now; lists of the past are what they were, at `pasts` positions;
  // all of it also after both instances made their read models anew.
  void End(int pasts);
  const LifeCounts& counts() const { return counts_; }

 private:
  struct Request {
    const LifeUser* user;
    std::string method;
    std::string target;
    std::vector<http::Header> headers = {};
    std::string body = "";
  };
  // An answer that its key repeats.
  struct Kept {
    Request request;
    Received answer;
    int owner = 0;  // the contact that its record is sealed for; 0: none
  };
  // The list that a user got last.
  struct Known {
    std::string tag;
    int64_t at = 0;
    std::string body;
  };
  struct Following {
    LifeCopy live;
    LifeCopy stored;  // what the client's own crash leaves
  };

  void AddUsers();
  void AddClient(const std::string& name, const std::string& company);

  // Requests.
  Received Send(const Request& request, size_t instance);
  Received Write(Request* request, LifeDice* dice);
  Received Read(const LifeUser& user, const std::string& target, LifeDice* dice,
                std::vector<http::Header> headers = {});
  http::Header Least() const { return {"Contacts-Min-Position", std::to_string(head_)}; }
  int64_t At(const Received& received) const;
  void Expect(bool is_so, const std::string& what) const;
  void ExpectBody(const Received& received, const std::string& body) const;
  void ExpectError(const Received& received, int status, const std::string& part) const;
  void ExpectTaken(const Request& request, const Received& answer, int holder);
  void ExpectGone(const Received& answer, int id, int64_t erased) const;
  void ExpectPage(const LifeUser& user, const Received& page, int64_t at, int after, int limit);
  void ExpectChanges(const LifeUser& user, const Received& changes, int64_t since, int limit);
  void Keep(const Request& request, const Received& answer, int owner);
  void NoteVersion(int id, const std::string& event, const LifeFields& fields,
                   const Received& answer, const LifeUser& user, const std::string& reason);
  std::string TagOf(int id) const { return '"' + std::to_string(model_.Now(id)->at) + '"'; }
  static const std::string* Find(const Request& request, const std::string& header);
  static std::string ReasonOf(const Request& request);  // JSON
  void NoteHead(const Received& received);
  void NoteView(const LifeView& view, const std::string& name);

  // Operations.
  void Create(LifeDice* dice);
  void Change(LifeDice* dice);
  void ChangeTo(const LifeUser& user, int id, const LifeFields& fields, uint32_t which,
                LifeDice* dice);
  void Swap(LifeDice* dice);
  void Erase(LifeDice* dice);
  void ErasePast(LifeDice* dice);
  void Repeat(LifeDice* dice);
  void ReadList(LifeDice* dice);
  void ReadMentions(LifeDice* dice);
  void ReadContact(LifeDice* dice);
  void ReadHistory(LifeDice* dice);
  void ReadPast(LifeDice* dice);
  void ReadPastOf(const LifeUser& user, int64_t at, int limit, LifeDice* dice);
  void ReadChanges(LifeDice* dice);
  void Crash(LifeDice* dice);
  void Step(LifeDice* dice);

  // Copies.
  bool StartsAnew(const LifeUser& user, const Received& received, LifeCopy* copy);
  void ReadPage(const LifeUser& user, LifeCopy* copy, LifeDice* dice);
  void Follow(const LifeUser& user, LifeCopy* copy, LifeDice* dice);
  void Finish(const LifeUser& user, LifeCopy* copy, LifeDice* dice);
  void ExpectCopies(LifeDice* dice);
  void ExpectFirstTokenWorks(const LifeUser& user, LifeDice* dice);

  LifeUser& Any(LifeDice* dice) {
    return users_[static_cast<size_t>(dice->Below(static_cast<int>(users_.size())))];
  }
  int64_t AnyPosition(LifeDice* dice) const;
  const LifeUser& Writer(LifeDice* dice);
  int AnyContact(LifeDice* dice) const;
  LifeFields AnyFields(LifeDice* dice) const;
  LifeView ViewOf(const LifeUser& user, int64_t now = INT64_MAX) const {
    return model_.ViewOf(user.sees_all, user.self, now);
  }

  TwoInstances service_;
  LifeModel model_;
  std::vector<LifeUser> users_;
  std::vector<Following> copies_;  // by user
  std::vector<Kept> kept_;
  std::map<LifeView, std::string> views_;     // their names
  std::map<std::string, std::string> lists_;  // by ETag
  std::map<std::string, Known> known_;        // by user
  int64_t head_ = 0;                          // the newest position that an answer named
  int64_t changed_ = 0;                       // the newest change of a contact
  int64_t first_ = 0;                         // the first position that clients may ask for
  int keys_ = 0;
  LifeCounts counts_;
  std::deque<std::string> trace_;
};

}  // namespace contacts::api
