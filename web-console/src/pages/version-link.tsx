// A version's name, and the way to its page; the base model has none.
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { assistantPath } from '../shell/navigation.js';
import { versionName } from '../words.js';

export function VersionLink({ version, slug }: { version: number; slug: string }) {
  if (version === 0) return <>{versionName(0)}</>;
  return (
    <Anchor component={Link} to={assistantPath(slug, `versions/${version}`)} inherit>
      {versionName(version)}
    </Anchor>
  );
}
