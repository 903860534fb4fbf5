// Gate reports quote questions and answers item by item, and a probe is a whole prompt. What was an erased customer's goes out of them.

/** Levels of nesting that are looked into; reports have four. */
const DEPTH_MAX = 12;

/** What is to go. */
export interface Erased {
  /** Items with these ids. */
  ids: ReadonlySet<string>;
  /** Prompts, as JSON. */
  prompts: ReadonlySet<string>;
}

/** The report without the items of erased examples, and null where a probe asked one of their questions. */
export function scrubReport(value: unknown, erased: Erased, depth = 0): unknown {
  if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.filter((item) => !isErased(item, erased)).map((item) => scrubReport(item, erased, depth + 1));
  }
  const entries = Object.entries(value).map(([key, inner]) => {
    return [key, isErased(inner, erased) ? null : scrubReport(inner, erased, depth + 1)];
  });
  return Object.fromEntries(entries);
}

function isErased(value: unknown, { ids, prompts }: Erased): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, prompt } = value as { id?: unknown; prompt?: unknown };
  return (typeof id === 'string' && ids.has(id)) || (prompt !== undefined && prompts.has(canonical(prompt)));
}

/** JSON with sorted keys: Postgres gives jsonb back in an order of its own. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
