// The one classic script a host page loads: `<script async src="…/widget.js" data-key="…">`. It makes the element known, puts
// one on the page when the tag has a key, and takes over the calls that wait in `window.Retune`.
import { defineElement } from './element.js';
import { boot, installGlobal, isInstalled } from './global.js';
import type { RetuneOptions } from './public.js';

// A cross-origin classic script has no usable base address for a relative import(), so it's taken from the tag.
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;

function start(): void {
  const { key, locale, theme, position } = script?.dataset ?? {};
  if (key) boot({ siteKey: key, locale, theme, position } as RetuneOptions);
  installGlobal();
}

defineElement(script?.src || `${location.origin}/widget.js`);
// A second script on the page, a tag manager's say, finds everything done.
if (!isInstalled()) {
  if (document.body) start();
  else document.addEventListener('DOMContentLoaded', start);
}
