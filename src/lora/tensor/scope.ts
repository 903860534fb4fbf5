// tfjs frees nothing by itself on a native backend. Its `tidy` and `dispose` take any structure of tensors but are typed
// for a few; these two say what they really do.
import * as tf from '@tensorflow/tfjs-core';

/** Runs `body` and frees every tensor it made except those inside its result. */
export function scoped<T>(body: () => T): T {
  return tf.tidy(body as unknown as () => tf.TensorContainer) as unknown as T;
}

/** Frees every tensor inside the structures; those already freed and `undefined` are passed over. */
export function free(...structures: unknown[]): void {
  tf.dispose(structures as tf.TensorContainer);
}
