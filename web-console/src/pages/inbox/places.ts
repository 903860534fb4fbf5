// The inbox's lists and filters, and how the address says which one is shown: so that Back leads back to it.

export const PLACES = [
  { place: 'needs_human', words: 'Needs a human', empty: 'Nobody waits for a person.' },
  { place: 'assistant', words: 'Handled by assistant', empty: 'No conversation is like that.' },
  { place: 'mine', words: 'Mine', empty: 'You have taken over no conversation. Open one and choose “Take over”.' },
  { place: 'colleagues', words: 'Colleagues’', empty: 'No colleague answers anybody at the moment.' },
  { place: 'closed', words: 'Closed', empty: 'No closed conversation is like that.' },
] as const;
export type Place = (typeof PLACES)[number]['place'];

export interface Filter {
  place: Place;
  assistant?: string;
  version?: string;
  rating?: string;
  q?: string;
}

const FIELDS = ['assistant', 'version', 'rating', 'q'] as const;

export function filterOf(address: URLSearchParams): Filter {
  const place = PLACES.find((each) => each.place === address.get('place'))?.place ?? 'needs_human';
  const given = FIELDS.flatMap((name) => {
    const value = address.get(name);
    return value ? [[name, value] as const] : [];
  });
  return { place, ...Object.fromEntries(given) };
}

export function addressOf(filter: Filter): URLSearchParams {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value) as [string, string][]);
}
