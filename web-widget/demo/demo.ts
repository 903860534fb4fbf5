// Makes the demo page live: question buttons fill the chat's composer, products go into a basket, and the panel beside them shows
// what the assistant is learning: its own events from the widget, as any host page could have them, and counts from the service.
import type { ChatMessage, RetuneEvents } from '../src/public.js';
import { byId, lines } from './elements.js';
import { watchLearning } from './learning.js';
import { plain, versionName } from './words.js';

/** Events kept in the feed. */
const FEED_MAX = 4;

let lastVersion: number | undefined;

/** Puts one event on top of the feed. */
function report(kind: string, title: string, detail: string): void {
  const feed = byId('feed');
  feed.querySelector('.empty')?.remove();
  const item = lines('li', title, detail);
  item.className = kind;
  feed.prepend(item);
  while (feed.children.length > FEED_MAX) feed.lastElementChild?.remove();
}

function onMessage({ role, text, adapterVersion, agentName, latencyMs }: ChatMessage): void {
  if (role === 'agent') report('up', `${agentName ?? 'A person'} answered`, plain(text));
  if (role !== 'assistant') return;
  const version = adapterVersion ?? 0;
  if (lastVersion !== undefined && lastVersion !== version)
    report('swap', `${versionName(version)} took over`, `${versionName(lastVersion)} answered until now.`);
  lastVersion = version;
  byId('version').textContent = versionName(version);
  const took = latencyMs ? ` in ${(latencyMs / 1000).toFixed(1)} s` : '';
  report('answer', `${versionName(version)} answered${took}`, plain(text));
}

function onRating({ value }: RetuneEvents['rating']): void {
  if (value === 'up') report('up', 'You liked an answer', 'It becomes a training example with a small weight.');
  if (value === 'down')
    report(
      'down',
      'You disliked an answer',
      'It waits for an agent’s correction, then the next training run learns it.',
    );
}

const refresh = watchLearning();
(window.Retune ??= []).push(
  ['on', 'message', onMessage],
  ['on', 'rating', onRating],
  ['on', 'rating', () => refresh()],
);

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-ask]'))
  button.addEventListener('click', () => (window.Retune ??= []).push(['newMessage', button.dataset.ask]));

let bought = 0;
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-buy]'))
  button.addEventListener('click', () => {
    byId('basket').textContent = String((bought += 1));
  });
