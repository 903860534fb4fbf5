// Vectors of floats in the machine's own width, and a pool of threads: all that the kernels beside this file need.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace retune {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
typedef float Vector __attribute__((vector_size(kLanes * 4)));
typedef float UnalignedVector __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));
typedef int32_t IntVector __attribute__((vector_size(kLanes * 4)));

inline Vector load(const float* p) { return *reinterpret_cast<const UnalignedVector*>(p); }
inline void store(float* p, Vector v) { *reinterpret_cast<UnalignedVector*>(p) = v; }
inline Vector broadcast(float x) { return x - Vector{}; }
inline int padded(int n) { return (n + kLanes - 1) / kLanes * kLanes; }
inline float sum(Vector v) {
  float total = 0;
  for (int i = 0; i < kLanes; i++) total += v[i];
  return total;
}
inline float maximum(Vector v) {
  float peak = v[0];
  for (int i = 1; i < kLanes; i++) peak = v[i] > peak ? v[i] : peak;
  return peak;
}
/** The first `n` floats, zeros after them. */
inline Vector loadPart(const float* p, int n) {
  Vector v{};
  for (int i = 0; i < n; i++) v[i] = p[i];
  return v;
}
inline void storePart(float* p, Vector v, int n) {
  for (int i = 0; i < n; i++) p[i] = v[i];
}

/** e^x, relative error below 2e-7 (Cody & Waite's reduction, a polynomial of degree 6). NaN stays NaN. */
inline Vector exponential(Vector x) {
  x = x < -87.0f ? broadcast(-87.0f) : x;
  x = x > 88.0f ? broadcast(88.0f) : x;
  const float round = 12582912.0f;  // adding it leaves no room for a fraction
  Vector n = (x * 1.44269504f + round) - round;
  Vector r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector p = broadcast(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  IntVector power = (__builtin_convertvector(n, IntVector) + 127) << 23;
  Vector scale;
  std::memcpy(&scale, &power, sizeof scale);
  return p * scale;
}

/** Scratch memory that a thread keeps from call to call. */
class Scratch {
 public:
  float* get(size_t floats) {
    if (floats > size_) {
      std::free(memory_);
      size_ = floats + floats / 4;
      memory_ = static_cast<float*>(std::aligned_alloc(64, (size_ * sizeof(float) + 63) / 64 * 64));
    }
    return memory_;
  }
  ~Scratch() { std::free(memory_); }

 private:
  float* memory_ = nullptr;
  size_t size_ = 0;
};

/** Threads of the pool, the caller's among them. */
int threadCount();

/** Runs body(0 … tasks − 1) on all threads. Which thread takes which task must not matter to the result. */
void parallel(int tasks, const std::function<void(int)>& body);

/** Runs body(first, end) on consecutive parts of 0 … rows, each small enough to stay in a core's cache. */
void parallelRows(int64_t rows, int64_t floatsPerRow, const std::function<void(int64_t, int64_t)>& body);

}  // namespace retune
