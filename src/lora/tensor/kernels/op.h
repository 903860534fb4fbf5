// Registers a kernel with TensorFlow through its stable C interface, so that tfjs can run it by name like any other op.
#pragma once
#include <string>
#include <vector>

#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

// The part of tensorflow/c/kernels.h that is used here. That header itself includes half of TensorFlow's C++ ones, which set-up
// doesn't keep; the functions are part of its stable C interface.
extern "C" {
typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder* builder, TF_Status* status);
void TF_GetInput(TF_OpKernelContext* context, int index, TF_Tensor** tensor, TF_Status* status);
void TF_SetOutput(TF_OpKernelContext* context, int index, const TF_Tensor* tensor, TF_Status* status);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType type, const int64_t* dims, int rank,
                             size_t bytes, TF_Status* status);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);
bool TF_OpKernelConstruction_HasAttr(TF_OpKernelConstruction* construction, const char* name, TF_Status* status);
void TF_OpKernelConstruction_GetAttrSize(TF_OpKernelConstruction* construction, const char* name, int32_t* count,
                                         int32_t* bytes, TF_Status* status);
void TF_OpKernelConstruction_GetAttrInt64(TF_OpKernelConstruction* construction, const char* name, int64_t* value,
                                          TF_Status* status);
void TF_OpKernelConstruction_GetAttrInt64List(TF_OpKernelConstruction* construction, const char* name, int64_t* values,
                                              int count, TF_Status* status);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction* construction, const char* name, float* value,
                                          TF_Status* status);
}

namespace retune {

/** A dense tensor of the running op. Owns nothing of the data. */
struct Tensor {
  TF_Tensor* handle = nullptr;
  Tensor() = default;
  explicit Tensor(TF_Tensor* of) : handle(of) {}
  Tensor(const Tensor&) = delete;
  Tensor(Tensor&& other) noexcept : handle(other.handle) { other.handle = nullptr; }
  ~Tensor() {
    if (handle) TF_DeleteTensor(handle);
  }
  float* floats() const { return static_cast<float*>(TF_TensorData(handle)); }
  const int32_t* ints() const { return static_cast<const int32_t*>(TF_TensorData(handle)); }
  int64_t size() const { return TF_TensorElementCount(handle); }
  int64_t dim(int axis) const { return TF_Dim(handle, axis); }
};

/** The attributes of one op instance, read when TensorFlow makes its kernel. */
struct Attributes {
  int64_t rank = 0, heads = 0, keyValueHeads = 0, headWidth = 0, direction = 0, halves = 0;
  float epsilon = 0, scaling = 0;
  std::vector<int64_t> outputs;
};

/** What a kernel may do while it runs. A wrong shape is reported with `fail`, never read past. */
class Context {
 public:
  Context(TF_OpKernelContext* context, const Attributes& attributes) : attributes(attributes), context_(context) {
    status_ = TF_NewStatus();
  }
  ~Context() { TF_DeleteStatus(status_); }
  const Attributes& attributes;

  Tensor input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    return Tensor(tensor);
  }
  Tensor output(int index, std::vector<int64_t> shape) {
    int64_t count = 1;
    for (int64_t n : shape) count *= n;
    return Tensor(TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                    count * sizeof(float), status_));
  }
  /** The output is the input's own memory: the op changes it in place, and the caller gives the input up. */
  void pass(int index, const Tensor& input) { TF_SetOutput(context_, index, input.handle, status_); }
  void fail(const std::string& reason) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, reason.c_str());
    TF_OpKernelContext_Failure(context_, status_);
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
};

typedef void (*Body)(Context&);

/** Reads the attributes that the op declares. */
void readAttributes(TF_OpKernelConstruction* construction, Attributes& attributes);

template <Body body>
struct Kernel {
  static void* create(TF_OpKernelConstruction* construction) {
    auto* attributes = new Attributes;
    readAttributes(construction, *attributes);
    return attributes;
  }
  static void compute(void* attributes, TF_OpKernelContext* context) {
    Context wrapped(context, *static_cast<Attributes*>(attributes));
    body(wrapped);
  }
  static void destroy(void* attributes) { delete static_cast<Attributes*>(attributes); }
};

typedef void* (*Create)(TF_OpKernelConstruction*);
typedef void (*Compute)(void*, TF_OpKernelContext*);
typedef void (*Destroy)(void*);

/** Declares the op ("x: float" style inputs, outputs and attributes) and its CPU kernel. */
bool registerOp(const char* name, std::vector<const char*> inputs, std::vector<const char*> outputs,
                std::vector<const char*> attributes, Create create, Compute compute, Destroy destroy);

template <Body body>
bool registerKernel(const char* name, std::vector<const char*> inputs, std::vector<const char*> outputs,
                    std::vector<const char*> attributes) {
  return registerOp(name, inputs, outputs, attributes, Kernel<body>::create, Kernel<body>::compute,
                    Kernel<body>::destroy);
}

}  // namespace retune
