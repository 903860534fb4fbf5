// What the score asks of the kernels: a function, so that it is not run on a processor that lacks their instructions.
#pragma once

/** Whether products of a few pseudo-random rows of each format, with 1 to 8 activation rows, are what plain sums give. Takes microseconds. */
bool panels_agree(void);
