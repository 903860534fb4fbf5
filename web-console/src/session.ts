// The operator's token, kept for this tab only: closing it signs out.

const KEY = 'retune:operator-token';

/** The token of this tab, or undefined. */
export function storedToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the token, or forgets it when undefined. */
export function storeToken(token: string | undefined): void {
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is refused: the sign-in lasts until the page is left.
  }
}
