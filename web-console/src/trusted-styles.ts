// The page's policy demands trusted types. The one thing here that writes through innerHTML is Mantine, which fills <style> elements
// that way; so text without any tag is let through, and everything else is refused as before.
/** The number of this answer of the service, which the page's policy wants to see on every <style> element. */
export const STYLE_NONCE = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';

// Where what locks scrolling behind a dialog looks for it.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = STYLE_NONCE;

interface TrustedTypes {
  createPolicy: (name: string, rules: { createHTML: (text: string) => string }) => unknown;
}

const { trustedTypes } = window as { trustedTypes?: TrustedTypes };

trustedTypes?.createPolicy('default', {
  createHTML: (text) => {
    if (/<[a-z!/?]/i.test(text)) throw new TypeError('Markup as text is refused here.');
    return text;
  },
});
