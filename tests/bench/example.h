// The data of the micro-benchmarks: one tenant, its commands, the records that they become.
#pragma once

#include <array>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "command/rules/decide.h"
#include "command/writer/record_maker.h"
#include "events/event_log.h"
#include "events/opening.h"
#include "tests/support/acme.h"
#include "tests/support/keys.h"
#include "tests/support/memory_view_store.h"

namespace contacts {

// The same at each run: a fixed clock, and random bytes of a fixed seed.
inline World BenchWorld() {
  return World{[] { return Timestamp{1764000000000}; },
               [random = std::mt19937_64(1)](uint8_t* to, size_t size) mutable {
                 for (size_t i = 0; i < size; ++i) to[i] = static_cast<uint8_t>(random());
               },
               {},
               WriterTag{1}};
}

inline Command CreateNumber(int64_t number) {
  CreateContact create;
  create.fields.full_name = "Jane Doe";
  create.fields.email = "jane.doe." + std::to_string(number) + "@example.com";
  create.fields.company = "Example Limited";
  create.fields.phone = "+49 30 1234567";
  Command command;
  command.tenant = kAcme;
  command.actor = "7";
  command.actor_name = "Jane Doe";
  command.intent = create;
  return command;
}

// The same with fields that differ from one contact to the next, so that gzip saves no more in a
// list than it would in a real one.
inline Command CreateVaried(int64_t number) {
  static constexpr std::array kFirst = {"Jane",  "Amir",  "Birgit", "Chen", "Dolores", "Emeka",
                                        "Finn",  "Grace", "Hiroko", "Ines", "Jamal",   "Katrin",
                                        "Lukas", "Mei",   "Noor",   "Olga"};
  static constexpr std::array kLast = {"Doe",    "Okafor", "Schmidt", "Wey",    "Ivanova", "Garcia",
                                       "Tanaka", "Larsen", "Haddad",  "Moreau", "Novak",   "Silva",
                                       "Byrne",  "Kaya",   "Jensen",  "Rossi"};
  static constexpr std::array kCompanies = {"Example Limited", "Wey & Sons", "Nordlicht GmbH"};
  std::mt19937_64 random(static_cast<uint64_t>(number));
  const std::string first = kFirst[random() % kFirst.size()];
  const std::string last = kLast[random() % kLast.size()];
  Command command = CreateNumber(number);
  ContactFields& fields = std::get<CreateContact>(command.intent).fields;
  fields.full_name = first + " " + last;
  fields.email = first + "." + last + std::to_string(number) + "@example.com";
  fields.company = kCompanies[random() % kCompanies.size()];
  fields.phone = "+49 30 " + std::to_string(1'000'000 + random() % 9'000'000);
  return command;
}

// An empty tenant and the first record of its history.
struct First {
  MemoryViewStore views;
  ViewLookup lookup{views};
  TenantState state{lookup, TestKeys(), kAcme};
  World world = BenchWorld();
  Command command = CreateNumber(1);
  Event event = std::get<Event>(Decide(state, command));
  Record record = MakeRecord(state, command, event, world);
  std::string bytes = EncodeRecord(record);
};

inline LogEntry OpeningEntry() {
  return {Offset{0}, Timestamp{1}, std::string(kOpeningKey),
          EncodeOpening(Opening{"log-1", 0, 1, kLogFormat}, "018bcfe5-6800-7000-8000-000000000001",
                        Timestamp{1})};
}

// A log: the opening entry, then contacts that are created one after the other. Each of `rivals` is
// chained on the last of them: the first is history, the others lost to it.
inline std::vector<LogEntry> ExampleLog(int64_t contacts, int64_t rivals = 0) {
  const MemoryViewStore none;
  const ViewLookup lookup(none);
  TenantState state(lookup, TestKeys(), kAcme);
  World world = BenchWorld();
  world.wall_clock = [now = int64_t{1764000000000}]() mutable { return Timestamp{now += 61'007}; };
  std::vector<LogEntry> entries = {OpeningEntry()};
  for (int64_t number = 1; number <= contacts + rivals; ++number) {
    const Command command = CreateVaried(number);
    const Record record =
        MakeRecord(state, command, std::get<Event>(Decide(state, command)), world);
    std::string bytes = EncodeRecord(record);
    if (number <= contacts) state.Apply(record, Sha256(bytes));
    entries.push_back({Offset{number}, Timestamp{2}, kAcme.value, std::move(bytes)});
  }
  return entries;
}

}  // namespace contacts
