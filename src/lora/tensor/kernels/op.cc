// How an op and its kernel become known to TensorFlow; and how memory is kept between ops.
#include "op.h"

#include <malloc.h>

#include <cstdio>

namespace retune {
namespace {

// An op's output of a few MB would be fetched from the kernel, page by page, and given back after use: a third of a
// step's time. With these settings the allocator keeps what it has.
const bool kMemoryKept = [] {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
  return true;
}();

void readInteger(TF_OpKernelConstruction* construction, const char* name, int64_t& value, TF_Status* status) {
  if (TF_OpKernelConstruction_HasAttr(construction, name, status))
    TF_OpKernelConstruction_GetAttrInt64(construction, name, &value, status);
}

void readReal(TF_OpKernelConstruction* construction, const char* name, float& value, TF_Status* status) {
  if (TF_OpKernelConstruction_HasAttr(construction, name, status))
    TF_OpKernelConstruction_GetAttrFloat(construction, name, &value, status);
}

}  // namespace

void readAttributes(TF_OpKernelConstruction* construction, Attributes& attributes) {
  TF_Status* status = TF_NewStatus();
  readInteger(construction, "rank", attributes.rank, status);
  readInteger(construction, "heads", attributes.heads, status);
  readInteger(construction, "key_value_heads", attributes.keyValueHeads, status);
  readInteger(construction, "head_width", attributes.headWidth, status);
  readInteger(construction, "direction", attributes.direction, status);
  readInteger(construction, "halves", attributes.halves, status);
  readReal(construction, "epsilon", attributes.epsilon, status);
  readReal(construction, "scaling", attributes.scaling, status);
  if (TF_OpKernelConstruction_HasAttr(construction, "outputs", status)) {
    int32_t count = 0, bytes = 0;
    TF_OpKernelConstruction_GetAttrSize(construction, "outputs", &count, &bytes, status);
    attributes.outputs.resize(count);
    TF_OpKernelConstruction_GetAttrInt64List(construction, "outputs", attributes.outputs.data(), count, status);
  }
  TF_DeleteStatus(status);
}

bool registerOp(const char* name, std::vector<const char*> inputs, std::vector<const char*> outputs,
                std::vector<const char*> attributes, Create create, Compute compute, Destroy destroy) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", create, compute, destroy), status);
  }
  const bool registered = TF_GetCode(status) == TF_OK;
  if (!registered) std::fprintf(stderr, "retune: kernel %s: %s\n", name, TF_Message(status));
  TF_DeleteStatus(status);
  return registered;
}

}  // namespace retune
