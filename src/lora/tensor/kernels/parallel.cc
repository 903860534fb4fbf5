// The kernels' pool of threads: as many as TensorFlow was given (TF_NUM_INTRAOP_THREADS), started at first use.
#include <algorithm>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "simd.h"

namespace retune {
namespace {

/** Numbers below 1e-38 count as zero while it lives: a probability that small changes nothing, but costs 100 times as much. */
class TinyIsZero {
#if defined(__SSE__)
 public:
  TinyIsZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
  ~TinyIsZero() { _mm_setcsr(before_); }

 private:
  const unsigned before_;
#endif
};

class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 1; i < threads; i++) std::thread([this] { work(); }).detach();
    workers_ = threads - 1;
  }

  int threads() const { return workers_ + 1; }

  void run(int tasks, const std::function<void(int)>& body) {
    const TinyIsZero tinyIsZero;
    if (workers_ == 0 || tasks <= 1) {
      for (int task = 0; task < tasks; task++) body(task);
      return;
    }
    std::lock_guard<std::mutex> oneCaller(caller_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      body_ = &body;
      tasks_ = tasks;
      next_ = 0;
      busy_ = workers_;
      round_++;
    }
    wake_.notify_all();
    takeTasks();
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
  }

 private:
  void takeTasks() {
    for (int task = next_++; task < tasks_; task = next_++) (*body_)(task);
  }

  void work() {
    const TinyIsZero tinyIsZero;
    uint64_t seen = 0;
    for (;;) {
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_ != seen; });
        seen = round_;
      }
      takeTasks();
      std::lock_guard<std::mutex> lock(mutex_);
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex caller_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int)>* body_ = nullptr;
  std::atomic<int> next_{0};
  int tasks_ = 0, workers_ = 0, busy_ = 0;
  uint64_t round_ = 0;
};

Pool& pool() {
  // Never destroyed: its threads may still wait in it when the process ends.
  static Pool* instance = [] {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int threads = wanted ? std::atoi(wanted) : static_cast<int>(std::thread::hardware_concurrency());
    return new Pool(std::max(1, threads));
  }();
  return *instance;
}

}  // namespace

int threadCount() { return pool().threads(); }

void parallel(int tasks, const std::function<void(int)>& body) { pool().run(tasks, body); }

void parallelRows(int64_t rows, int64_t floatsPerRow, const std::function<void(int64_t, int64_t)>& body) {
  constexpr int64_t kFloatsPerTask = 1 << 15;
  const int64_t step = std::max<int64_t>(1, kFloatsPerTask / std::max<int64_t>(1, floatsPerRow));
  parallel(static_cast<int>((rows + step - 1) / step),
           [&](int task) { body(task * step, std::min(rows, (task + 1) * step)); });
}

}  // namespace retune
