// What was there last: a dialog shows it while it closes.
import { useState } from 'react';

/** The value, or when there is none the one before. */
export function useLast<T>(value: T | undefined): T | undefined {
  const [last, setLast] = useState(value);
  if (value !== undefined && value !== last) setLast(value);
  return value ?? last;
}
