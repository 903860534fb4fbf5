// Whether the attention of `attention.cpp` computes right on this processor.
#pragma once

bool attention_agrees(void);
