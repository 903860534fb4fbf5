// Line icons of the panel, drawn on a 24-unit grid and coloured by the text around them.
const SHAPES = {
  close: 'M6 6l12 12M18 6 6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  send: 'M12 19V5m0 0-6 6m6-6 6 6',
  up: 'M7 10.5v9M7 10.5l4.2-7a2.1 2.1 0 0 1 2.3 2.5l-.8 3.5h5.1a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7M7 10.5H4.5v9H7',
  down: 'M17 13.5v-9M17 13.5l-4.2 7a2.1 2.1 0 0 1-2.3-2.5l.8-3.5H6.2a2 2 0 0 1-2-2.4l1.2-6a2 2 0 0 1 2-1.6H17M17 13.5h2.5v-9H17',
  spark: 'M12 3.5c.7 4.6 3.4 7.3 8 8-4.6.7-7.3 3.4-8 8-.7-4.6-3.4-7.3-8-8 4.6-.7 7.3-3.4 8-8Z',
  retry: 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4.5v4.2h4.2',
  copy: 'M9 9.5A1.5 1.5 0 0 1 10.5 8h7A1.5 1.5 0 0 1 19 9.5v9a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 9 18.5zM5 15V5.5A1.5 1.5 0 0 1 6.5 4H15',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5c.6-3.6 3.7-6 7.5-6s6.9 2.4 7.5 6',
  download: 'M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 19.5h14',
  sound: 'M4.5 9.5v5h3l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.6 7.6 0 0 1 0 11',
} as const;

export type IconName = keyof typeof SHAPES | 'stop';

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 24 24" aria-hidden="true">
      {name === 'stop' ? <rect x="5.5" y="5.5" width="13" height="13" rx="3" /> : <path d={SHAPES[name]} />}
    </svg>
  );
}
