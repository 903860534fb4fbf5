// What a website's maker puts into their page.
import { Code, Text } from '@mantine/core';
import type { SiteKey } from '../../api/schemas/prompts.js';
import { Card } from '../../parts/card.js';
import { Copy } from '../../parts/copy.js';

export function Snippet({ siteKey: { key } }: { siteKey: SiteKey }) {
  const text = `<script async src="${location.origin}/widget.js" data-key="${key}"></script>`;
  return (
    <Card title="Snippet" actions={<Copy text={text} />}>
      <Code block tabIndex={0}>
        {text}
      </Code>
      <Text size="sm" c="dimmed" mt="xs">
        Put it before {'</body>'} of every page that shall have the chat. With a Content-Security-Policy, name{' '}
        {location.origin} in script-src and connect-src.
      </Text>
    </Card>
  );
}
