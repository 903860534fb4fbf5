// Who is signed in, kept for this tab only: closing it signs out.

export interface Operator {
  token: string;
  /** What they call themselves, for the audit; may be empty. */
  name: string;
}

const KEY = 'retune:operator';

/** The operator of this tab, or undefined. */
export function storedOperator(): Operator | undefined {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Partial<Operator> | null;
    return stored?.token ? { token: stored.token, name: stored.name ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the operator, or forgets them when undefined. */
export function storeOperator(operator: Operator | undefined): void {
  try {
    if (operator) sessionStorage.setItem(KEY, JSON.stringify(operator));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is refused: the sign-in lasts until the page is left.
  }
}
