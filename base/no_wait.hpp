#pragma once
// Work that is tried at once on a thread which must not wait (the server's I/O thread), and is begun anew on another
// one when it would have to.
//
//   const NoWait here;                       // until the end of the scope
//   try { answer_from_memory(); } catch (const WouldWait&) { workers.submit(answer); }
//
// Whoever waits for something outside of this process calls NoWait::check() before.

namespace causeway::base {

// Not a std::exception: nobody is to take it for a fault.
struct WouldWait {};

class NoWait {
 public:
  NoWait() { ++depth(); }
  ~NoWait() { --depth(); }
  NoWait(const NoWait&) = delete;
  NoWait& operator=(const NoWait&) = delete;

  // Throws WouldWait where this thread must not wait.
  static void check() {
    if (depth() > 0) throw WouldWait();
  }

 private:
  static int& depth() {
    thread_local int now = 0;
    return now;
  }
};

}  // namespace causeway::base
