// The assistant that a page is about, by its address.
import { useParams } from 'react-router';

/** Its slug, and where the REST interface has what belongs to it. */
export function useAssistantBase(): { slug: string; base: string } {
  const { slug = '' } = useParams();
  return { slug, base: `/api/v1/assistants/${encodeURIComponent(slug)}` };
}
