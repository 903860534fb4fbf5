// Line icons of the panel, drawn on a 24-unit grid and coloured by the text around them.
const SHAPES = {
  close: 'M6 6l12 12M18 6 6 18',
  send: 'M12 19V5m0 0-6 6m6-6 6 6',
  up: 'M7 10.5v9M7 10.5l4.2-7a2.1 2.1 0 0 1 2.3 2.5l-.8 3.5h5.1a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7M7 10.5H4.5v9H7',
  down: 'M17 13.5v-9M17 13.5l-4.2 7a2.1 2.1 0 0 1-2.3-2.5l.8-3.5H6.2a2 2 0 0 1-2-2.4l1.2-6a2 2 0 0 1 2-1.6H17M17 13.5h2.5v-9H17',
  spark: 'M12 3.5c.7 4.6 3.4 7.3 8 8-4.6.7-7.3 3.4-8 8-.7-4.6-3.4-7.3-8-8 4.6-.7 7.3-3.4 8-8Z',
  retry: 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4.5v4.2h4.2',
} as const;

export function Icon({ name }: { name: keyof typeof SHAPES | 'stop' }) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 24 24" aria-hidden="true">
      {name === 'stop' ? <rect x="5.5" y="5.5" width="13" height="13" rx="3" /> : <path d={SHAPES[name]} />}
    </svg>
  );
}
