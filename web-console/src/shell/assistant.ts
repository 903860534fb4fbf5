// Which assistant one works on: the address says it, else the one of last time, else the first.
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { useRead } from '../api/read.js';
import { assistantListSchema, type Assistant } from '../api/schemas/assistants.js';

const LAST = 'retune:assistant';
const IN_ADDRESS = /^\/a\/([^/]+)\//;

export interface Chosen {
  assistants: Assistant[];
  /** Undefined while it is loaded, and where there is none. */
  chosen: Assistant | undefined;
}

/** For a field that chooses one. */
export const assistantOptions = (assistants: Assistant[]) =>
  assistants.map(({ slug, name }) => ({ value: slug, label: name }));

/** The assistants that one has a role for, and which is chosen. */
export function useAssistants(): Chosen {
  const { pathname } = useLocation();
  const { data } = useRead('/api/v1/assistants', assistantListSchema, { live: ['deployment', 'prompt'] });
  const assistants = data?.assistants ?? [];
  const inAddress = IN_ADDRESS.exec(pathname)?.[1];
  const wanted = inAddress ? decodeURIComponent(inAddress) : localStorage.getItem(LAST);
  const chosen = assistants.find(({ slug }) => slug === wanted) ?? assistants[0];
  const slug = chosen?.slug;
  useEffect(() => {
    if (slug) localStorage.setItem(LAST, slug);
  }, [slug]);
  return { assistants, chosen };
}
