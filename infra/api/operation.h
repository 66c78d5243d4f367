// The parts by which a row of the table of routes describes its operation, for the OpenAPI
// document.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace contacts::api {

// A member without a default: a row that leaves it out does not compile.
template <class T>
struct Required {
  constexpr Required(T given) : value(given) {}
  constexpr operator T() const { return value; }
  T value;
};

// A required text: a constexpr row in which it is empty does not compile either.
struct RequiredText : Required<std::string_view> {
  constexpr RequiredText(const char* given) : Required(given) {
    if (value.empty()) throw std::invalid_argument("this text must be given");
  }
};

// A schema of the document. Rows point to it, so it must not go away.
struct Schema {
  RequiredText name;
  std::string (*text)();          // the schema as JSON; nullptr: it is a list …
  const Schema* items = nullptr;  // … of these
};

// A parameter of the document. Rows point to it, so it must not go away.
struct Parameter {
  enum class In { kPath, kQuery, kHeader };

  RequiredText component;  // its name in the document
  Required<In> in;
  RequiredText name;  // of the header, of the query parameter, or between braces
  std::string_view description = {};
  std::string_view schema = {};        // as JSON; "": a string …
  std::string (*pattern)() = nullptr;  // … that this regular expression matches
};

// How a value of the answer leads on to another operation. Rows point to it, so it must not go
// away.
struct Link {
  RequiredText name;       // among the links of an operation
  RequiredText operation;  // the id of the other one, which takes …
  Required<const Parameter*> parameter;
  RequiredText value;  // … this: a runtime expression (OpenAPI 3.0.3, 4.7.20.3)
};

struct Operation {
  RequiredText id;
  RequiredText summary;
  // A request with a query parameter that is not listed here gets 400.
  std::initializer_list<const Parameter*> parameters = {};
  const Schema* body = nullptr;                     // nullptr: it takes none
  int status = 200;                                 // when it succeeds …
  const Schema* answer = nullptr;                   // … with this; nullptr: no content
  const Schema* events = nullptr;                   // … or, if asked for, with a stream of events
  std::initializer_list<const char*> headers = {};  // of the answer when it succeeds
  std::initializer_list<const Link*> links = {};    // from that answer
  // The errors that the handler finds; the OpenAPI document adds those that follow from the row.
  std::initializer_list<int> errors = {};

  constexpr bool Takes(const Parameter& wanted) const {
    for (const Parameter* parameter : parameters) {
      if (parameter == &wanted) return true;
    }
    return false;
  }
};

}  // namespace contacts::api
