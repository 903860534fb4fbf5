// Makes the demo page live: question buttons fill the chat's composer, and the strip beside it shows which adapter version
// wrote the last answers. It listens to the widget's public events only, as any host page could.
import type { FinishedMessage, RatingPayload } from '../src/contract.js';

/** Events kept in the feed. */
const FEED_MAX = 6;

interface ChatElement extends HTMLElement {
  newMessage(text: string): void;
}

const byId = (id: string): HTMLElement => document.getElementById(id)!;
const versionName = (version: number): string => (version === 0 ? 'Base model' : `Version ${version}`);

/** An answer without its Markdown marks, for one line of text. */
const plain = (markdown: string): string => markdown.replace(/[*_`#>]+/g, '').replace(/\s+/g, ' ');

let answers = 0;
let ratings = 0;
let lastVersion: number | undefined;

/** Puts one event on top of the feed. */
function report(kind: string, title: string, detail: string): void {
  const feed = byId('feed');
  feed.querySelector('.empty')?.remove();
  const item = document.createElement('li');
  item.className = kind;
  const strong = document.createElement('b');
  strong.textContent = title;
  const text = document.createElement('span');
  text.textContent = detail;
  item.append(strong, text);
  feed.prepend(item);
  while (feed.children.length > FEED_MAX) feed.lastElementChild?.remove();
}

function onMessage(message: FinishedMessage): void {
  if (message.role !== 'assistant') return;
  const version = message.adapterVersion ?? 0;
  answers += 1;
  byId('answers').textContent = String(answers);
  byId('version').textContent = versionName(version);
  if (lastVersion !== undefined && lastVersion !== version)
    report('swap', `${versionName(version)} took over`, `${versionName(lastVersion)} answered until now.`);
  lastVersion = version;
  const took = message.latencyMs ? ` in ${(message.latencyMs / 1000).toFixed(1)} s` : '';
  report('answer', `${versionName(version)} answered${took}`, plain(message.text).slice(0, 140));
}

function onRating({ value }: RatingPayload): void {
  if (value === null) return;
  ratings += 1;
  byId('ratings').textContent = String(ratings);
  if (value === 'up') report('up', 'You liked an answer', 'It becomes a training example with a small weight.');
  else
    report(
      'down',
      'You disliked an answer',
      'It waits for an agent’s correction, then the next training run learns it.',
    );
}

document.addEventListener('retune:message', (event) => onMessage((event as CustomEvent<FinishedMessage>).detail));
document.addEventListener('retune:rating', (event) => onRating((event as CustomEvent<RatingPayload>).detail));
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-ask]')) {
  button.addEventListener('click', () => {
    document.querySelector<ChatElement>('retune-chat')?.newMessage(button.dataset.ask ?? '');
  });
}
