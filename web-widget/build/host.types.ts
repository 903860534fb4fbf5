// A host's code, as `npm run typecheck` reads it: what the public types must allow, and what they must refuse. It never runs.
import { RetuneChat } from '../src/module.js';

const chat = RetuneChat.boot({ siteKey: 'key', theme: 'dark', identity: () => Promise.resolve('jwt') });
const stop: () => void = chat.on('message', ({ text, adapterVersion }) => [text.length, adapterVersion]);
(window.Retune ??= []).push(['show'], (retune) => retune.newMessage('Hi'));
document.querySelector('retune-chat')?.toggle();

// @ts-expect-error: there is no such event.
chat.on('nonsense', stop);
// @ts-expect-error: there is no such theme.
RetuneChat.boot({ theme: 'blue' });
// @ts-expect-error: there is no such method.
(window.Retune ??= []).push(['dance']);
