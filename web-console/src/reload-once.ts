// Loads the page anew when a part of it can't be loaded, but not again and again.
const KEY = 'retune:reloaded-at';
const AGAIN_AFTER_MS = 30_000;

/** @returns whether the page is being loaded anew */
export function reloadOnce(): boolean {
  const before = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - before < AGAIN_AFTER_MS) return false;
  sessionStorage.setItem(KEY, String(Date.now()));
  window.location.reload();
  return true;
}
