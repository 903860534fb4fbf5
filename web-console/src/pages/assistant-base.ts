// The assistant that a page is about, by its address.
import { useParams } from 'react-router';

/** Where the REST interface has what belongs to an assistant. */
export const assistantBase = (slug: string): string => `/api/v1/assistants/${encodeURIComponent(slug)}`;

/** Its slug, and its base. */
export function useAssistantBase(): { slug: string; base: string } {
  const { slug = '' } = useParams();
  return { slug, base: assistantBase(slug) };
}
