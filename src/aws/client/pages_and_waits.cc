// SPDX-License-Identifier: Apache-2.0
// The rules of botocore's paginate.py and waiter.py.
#include "aws/client/pages_and_waits.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::Value;

ApiError client_error(std::string message) {
  return ApiError("SdkClientException", std::move(message));
}

bool is_token(const Value& value) {
  return !value.is_null() && !(value.is_string() && value.as_string().empty());
}

class Pages : public std::enable_shared_from_this<Pages> {
 public:
  Pages(Caller& caller, Call call, const Paginator& paginator,
        std::function<bool(const Value&)> on_page, std::function<void(ApiResult<void>)> done)
      : caller_(caller),
        call_(std::move(call)),
        paginator_(paginator),
        on_page_(std::move(on_page)),
        done_(std::move(done)) {}

  void next() {
    Call call = call_;
    call.input = std::exchange(input_, Value());
    caller_.call(std::move(call), [self = shared_from_this()](ApiResult<Value> page) {
      self->take(std::move(page));
    });
  }

  /// What is handed over is never shared: what is needed again is kept as text.
  void begin() {
    text_ = json::write(call_.input);
    call_.input = Value();
    input_ = *json::parse(text_);
    next();
  }

 private:
  void take(ApiResult<Value> page) {
    if (!page) return done_(std::move(page).error());
    if (!on_page_(*page)) return done_({});
    if (paginator_.more_results) {
      const Value more = paginator_.more_results->search(*page);
      if (!more.is_boolean() || !more.as_boolean()) return done_({});
    }
    Value input = *json::parse(text_);
    std::string tokens;
    bool has_any = false;
    for (size_t i = 0; i < paginator_.input_tokens.size(); ++i) {
      const Value token = paginator_.output_tokens[i].search(*page);
      tokens += json::write(token) + "\n";
      has_any = has_any || is_token(token);
      input = is_token(token)
                  ? input.with_member(paginator_.input_tokens[i], *json::parse(json::write(token)))
                  : input.without_member(paginator_.input_tokens[i]);
    }
    if (!has_any) return done_({});
    if (tokens == last_tokens_) {
      return done_(client_error("The same next token was received twice: " + call_.service + ":" +
                                call_.operation));
    }
    last_tokens_ = std::move(tokens);
    input_ = std::move(input);
    next();
  }

  Caller& caller_;
  Call call_;
  const Paginator& paginator_;
  const std::function<bool(const Value&)> on_page_;
  const std::function<void(ApiResult<void>)> done_;
  std::string text_;  ///< the input of the first call
  Value input_;       ///< of the next call
  std::string last_tokens_;
};

bool matches(const Waiter::Acceptor& acceptor, const ApiResult<Value>& answer) {
  const Value expected = *json::parse(acceptor.expected);
  switch (acceptor.matcher) {
    case Waiter::Matcher::Status: {
      // A success is any of 2xx; the models only ask for 200.
      return expected == Value(answer ? 200 : answer.error().status);
    }
    case Waiter::Matcher::Error:
      if (expected.is_boolean()) return expected.as_boolean() == !answer;
      return !answer && expected.is_string() && expected.as_string() == answer.error().code;
    default: break;
  }
  if (!answer) return false;
  const Value found = acceptor.path->search(*answer);
  if (acceptor.matcher == Waiter::Matcher::Path) return found == expected;
  if (!found.is_array() || found.size() == 0) return false;
  const auto is_expected = [&expected](const Value& item) { return item == expected; };
  const auto items = found.items();
  return acceptor.matcher == Waiter::Matcher::PathAll
             ? std::all_of(items.begin(), items.end(), is_expected)
             : std::any_of(items.begin(), items.end(), is_expected);
}

class Wait : public std::enable_shared_from_this<Wait> {
 public:
  Wait(Caller& caller, ServiceLoop& loop, Call call, const Waiter& waiter,
       std::function<void(ApiResult<Value>)> done)
      : caller_(caller),
        loop_(loop),
        call_(std::move(call)),
        waiter_(waiter),
        done_(std::move(done)),
        text_(json::write(call_.input)) {
    call_.input = Value();
  }

  void attempt() {
    ++attempts_;
    Call call = call_;
    call.input = *json::parse(text_);
    caller_.call(std::move(call), [self = shared_from_this()](ApiResult<Value> answer) {
      self->take(std::move(answer));
    });
  }

 private:
  void take(ApiResult<Value> answer) {
    const auto found =
        std::find_if(waiter_.acceptors.begin(), waiter_.acceptors.end(),
                     [&answer](const auto& acceptor) { return matches(acceptor, answer); });
    if (found == waiter_.acceptors.end()) {
      if (!answer) return done_(std::move(answer).error());
      return again();
    }
    switch (found->state) {
      case Waiter::State::Success:
        return done_(answer ? std::move(answer) : ApiResult<Value>(Value()));
      case Waiter::State::Failure:
        if (!answer) return done_(std::move(answer).error());
        return done_(client_error(
            "Waiter " + waiter_.name + " failed: Waiter encountered a terminal failure state: " +
            (found->path ? found->path->text() + " is " : std::string()) + found->expected));
      default: return again();
    }
  }

  void again() {
    if (attempts_ >= waiter_.attempts_max) {
      return done_(client_error("Waiter " + waiter_.name + " failed: Max attempts exceeded"));
    }
    loop_.run_at({loop_.now().ms + waiter_.delay_ms},
                 [self = shared_from_this()] { self->attempt(); });
  }

  Caller& caller_;
  ServiceLoop& loop_;
  Call call_;
  const Waiter& waiter_;
  const std::function<void(ApiResult<Value>)> done_;
  const std::string text_;  ///< of the input
  int attempts_ = 0;
};

}  // namespace

void for_each_page(Caller& caller, Call call, const Paginator& paginator,
                   std::function<bool(const json::Value&)> on_page,
                   std::function<void(ApiResult<void>)> done) {
  std::make_shared<Pages>(caller, std::move(call), paginator, std::move(on_page), std::move(done))
      ->begin();
}

void wait_until(Caller& caller, ServiceLoop& loop, Call call, const Waiter& waiter,
                std::function<void(ApiResult<json::Value>)> done) {
  std::make_shared<Wait>(caller, loop, std::move(call), waiter, std::move(done))->attempt();
}

}  // namespace pawl::aws
