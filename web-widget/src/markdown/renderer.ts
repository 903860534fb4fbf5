// Turns streamed Markdown into DOM nodes. Only elements from the tables below are ever made and text goes in as text nodes,
// so raw HTML in an answer stays text. Images become links: an answer must not make the visitor's browser fetch anything.
import * as smd from 'streaming-markdown';
import { guarded, unguarded } from './formula-marks.js';
import { safeHref } from './links.js';

/** Elements of the Markdown tokens; a token that isn't here becomes a <span>. */
const ELEMENTS: Partial<Record<number, string>> = {
  [smd.PARAGRAPH]: 'p',
  [smd.LINE_BREAK]: 'br',
  [smd.RULE]: 'hr',
  [smd.BLOCKQUOTE]: 'blockquote',
  [smd.ITALIC_AST]: 'em',
  [smd.ITALIC_UND]: 'em',
  [smd.STRONG_AST]: 'strong',
  [smd.STRONG_UND]: 'strong',
  [smd.STRIKE]: 's',
  [smd.CODE_INLINE]: 'code',
  [smd.LINK]: 'a',
  [smd.RAW_URL]: 'a',
  [smd.IMAGE]: 'a',
  [smd.LIST_UNORDERED]: 'ul',
  [smd.LIST_ORDERED]: 'ol',
  [smd.LIST_ITEM]: 'li',
  [smd.TABLE_ROW]: 'tr',
  [smd.TABLE_CELL]: 'td',
  // An answer's headings must not disturb the outline of the page they appear on.
  [smd.HEADING_1]: 'strong',
  [smd.HEADING_2]: 'strong',
  [smd.HEADING_3]: 'strong',
  [smd.HEADING_4]: 'strong',
  [smd.HEADING_5]: 'strong',
  [smd.HEADING_6]: 'strong',
};

const HEADINGS = new Set<number>([1, 2, 3, 4, 5, 6].map((level) => smd.level_to_heading(level)));

/** Deepest element that gets children; deeper Markdown goes on in its parent. */
const DEPTH_MAX = 20;

/** Punctuation after an address in a sentence. */
const TRAILING = /[.,;:!?)\]}'"*_]+$/;

interface Open {
  element: Element;
  token: number;
  /** Whether the parser has named an address. */
  addressed?: boolean;
}

interface Place {
  /** What is open, the root first; end_token closes the last. */
  open: Open[];
}

function elementOf(token: number, parent: Element): Element {
  if (token === smd.CODE_FENCE || token === smd.CODE_BLOCK) {
    const pre = parent.appendChild(document.createElement('pre'));
    pre.tabIndex = 0; // It scrolls sideways, so the keyboard must reach it.
    return pre.appendChild(document.createElement('code'));
  }
  if (token === smd.TABLE) {
    const frame = parent.appendChild(document.createElement('div'));
    frame.className = 'table';
    frame.tabIndex = 0;
    return frame.appendChild(document.createElement('table'));
  }
  if (token === smd.TABLE_CELL && parent === parent.parentElement?.firstElementChild)
    return parent.appendChild(document.createElement('th'));
  const element = parent.appendChild(document.createElement(ELEMENTS[token] ?? 'span'));
  if (HEADINGS.has(token)) element.className = 'heading';
  if (token === smd.CHECKBOX) element.append('☐ ');
  return element;
}

function link(element: HTMLAnchorElement, address: string, token: number): void {
  const href = safeHref(token === smd.RAW_URL ? address.replace(TRAILING, '') : address);
  if (!href) return;
  element.href = href;
  element.target = '_blank';
  element.rel = 'noopener noreferrer nofollow';
  if (!element.textContent) element.textContent = href;
}

function setAttribute({ open }: Place, attribute: number, value: string): void {
  const last = open.at(-1);
  if (!last) return;
  const { element, token } = last;
  if (element instanceof HTMLAnchorElement && (attribute === smd.HREF || attribute === smd.SRC)) {
    last.addressed = true;
    link(element, value, token);
  } else if (element instanceof HTMLOListElement && attribute === smd.START) {
    element.start = Number.parseInt(value, 10) || 1;
  } else if (attribute === smd.CHECKED) {
    element.textContent = '☑ ';
  }
}

function close({ element, token, addressed }: Open): void {
  // "[1]" is a remark, not a link.
  if (token === smd.LINK && !addressed) element.replaceWith('[', ...element.childNodes, ']');
}

/** A streaming-markdown renderer that writes into `root`. */
function rendererInto(root: Element): smd.Renderer<Place> {
  return {
    data: { open: [{ element: root, token: smd.DOCUMENT }] },
    add_token: ({ open }, token) => {
      const parent = open.at(-1)?.element ?? root;
      open.push(
        open.length > DEPTH_MAX ? { element: parent, token: -1 } : { element: elementOf(token, parent), token },
      );
    },
    end_token: ({ open }) => {
      const ended = open.length > 1 ? open.pop() : undefined;
      if (ended) close(ended);
    },
    add_text: ({ open }, text) => open.at(-1)?.element.append(unguarded(text)),
    set_attr: (place, attribute, value) => setAttribute(place, attribute, unguarded(value)),
  };
}

/** Writes Markdown into an element bit by bit. */
export interface MarkdownWriter {
  /** Shows `text`, of which what was shown before is usually the beginning; `done` closes open Markdown. */
  show(text: string, done: boolean): void;
}

/** Starts writing into `root`, which must be empty and stays the writer's own. */
export function markdownWriter(root: HTMLElement): MarkdownWriter {
  let written = '';
  let ended = false;
  let parser = smd.parser(rendererInto(root));
  const restart = () => {
    root.replaceChildren();
    parser = smd.parser(rendererInto(root));
    written = '';
    ended = false;
  };
  return {
    show(text, done) {
      if (text === written && done === ended) return;
      // A corrected or continued text that doesn't start with what is shown: only a fresh start is right.
      if (ended || !text.startsWith(written)) restart();
      try {
        smd.parser_write(parser, guarded(text.slice(written.length), written.endsWith('\\')));
        if (done) smd.parser_end(parser);
      } catch {
        // Markdown that the parser can't take is still an answer: show it as it is.
        root.replaceChildren(text);
      }
      written = text;
      ended = done;
    },
  };
}
